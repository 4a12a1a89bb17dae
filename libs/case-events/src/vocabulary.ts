import { z } from 'zod';

/** Words that several events use. Codes that belong to an organisation (channels, categories …) are plain strings. */

/** Personal value, encrypted by `libs/privacy`: `sealed:v1:<subject id>:<base64url>`. */
export const sealedSchema = z.string().regex(/^sealed:v1:[A-Za-z0-9-]+:[A-Za-z0-9_-]+$/);
export type Sealed = z.infer<typeof sealedSchema>;

export const codeSchema = z.string().regex(/^[A-Z][A-Z0-9_-]{0,63}$/);

/** Case types of all profiles; a profile offers some of them (QAT-03, BAH-01, MUS-05). */
export const caseTypeSchema = z.enum([
  'REPORT',
  'COMPLAINT',
  'NOTE',
  'SUGGESTION',
  'INQUIRY',
  'INFORMATION_REQUEST',
  'SERVICE_REQUEST',
  'VIOLATION_REPORT',
  'OBSTACLE',
]);
export type CaseType = z.infer<typeof caseTypeSchema>;

/** WGS 84 degrees (MUS-04). */
export const locationSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});
export type Location = z.infer<typeof locationSchema>;

/** A party that can own a case. SECTION, UNIT … are inside the organisation, AGENCY is outside. */
export const ownerSchema = z.object({
  kind: z.enum(['DIRECTORATE', 'UNIT', 'COMMITTEE', 'OFFICE', 'AGENCY']),
  code: codeSchema,
  /** Section of a directorate, when the case is addressed that exactly. */
  section: codeSchema.optional(),
});
export type Owner = z.infer<typeof ownerSchema>;

export const messageChannelSchema = z.enum([
  'SMS',
  'EMAIL',
  'PHONE',
  'FAX',
  'WHATSAPP',
  'SOCIAL',
  'IN_PERSON',
  'LETTER',
]);
export type MessageChannel = z.infer<typeof messageChannelSchema>;

export const languageSchema = z.enum(['ar', 'en']);
export type Language = z.infer<typeof languageSchema>;

export const instantSchema = z.iso.datetime();
/** Calendar day `YYYY-MM-DD` in the tenant's time zone. */
export const daySchema = z.iso.date();
export const uuidSchema = z.uuid();

/** Facts a rule looked at, as recorded beside its id (KWT-31). Never personal. */
export const ruleInputsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);
