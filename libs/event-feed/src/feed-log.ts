/** The part of a pino logger that the feed uses. Lines carry a stable `event` name and ids, never payloads. */
export interface FeedLog {
  debug(fields: Readonly<Record<string, unknown>>, text?: string): void;
  info(fields: Readonly<Record<string, unknown>>, text?: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text?: string): void;
  error(fields: Readonly<Record<string, unknown>>, text?: string): void;
}

export const silentLog: FeedLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
