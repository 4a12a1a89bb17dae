declare module 'pg/lib/utils' {
  /** A value as the driver writes it for the server: text, bytes or null. @throws where an object refers to itself */
  export function prepareValue(value: unknown): unknown;
}
