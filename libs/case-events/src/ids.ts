/** Identifiers are branded strings: one cannot be passed for another. */
declare const brand: unique symbol;
export type Branded<Name extends string> = string & { readonly [brand]?: Name };

/** UUID of a case; its stream is `case-<id>`. */
export type CaseId = Branded<'CaseId'>;
/** Code of an organisation (tenant), upper case with hyphens, e.g. `MUS`, `KWT-MOCI`. */
export type TenantId = Branded<'TenantId'>;
/** UUID chosen by the client for one write; repeating it repeats nothing. */
export type CommandId = Branded<'CommandId'>;
/** UUID of one outgoing message; its stream is `message-<id>`. */
export type MessageId = Branded<'MessageId'>;

export const caseStream = (caseId: CaseId): string => `case-${caseId}`;
export const messageStream = (messageId: MessageId): string => `message-${messageId}`;
/** Who looked at a case and who was refused. */
export const accessStream = (caseId: CaseId): string => `access-${caseId}`;
export const profileStream = (tenant: TenantId): string => `profile-${tenant}`;

/** The case id of a `case-…` stream, or undefined for any other stream. */
export function caseIdOf(stream: string): CaseId | undefined {
  return stream.startsWith('case-') ? stream.slice('case-'.length) : undefined;
}
