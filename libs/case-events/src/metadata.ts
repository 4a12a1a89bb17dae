import { z } from 'zod';

/** The support line that acted (SYS-03). Reporters acting for themselves stand at line 1's door. */
export const lineSchema = z.enum(['1', '2', '3', 'partner', 'system']);
export type Line = z.infer<typeof lineSchema>;

/** Who acted. `id` is an account or machine name, never a person's name. */
export const actorSchema = z.object({
  kind: z.enum(['staff', 'partner', 'reporter', 'system']),
  /** Subject of the verified token; `anonymous` for a reporter; the service's name for the system. */
  id: z.string().min(1).max(200),
  /** Organisation the actor works for (a host's agent differs from the tenant, MUS-26). */
  organisation: z.string().min(1).max(100),
});
export type Actor = z.infer<typeof actorSchema>;

/** What every stored event says about itself, beside its data (design §3.9, SYS-03). */
export const metadataSchema = z.object({
  /** Version of the event's data shape. */
  schemaVersion: z.number().int().min(1),
  tenant: z.string().min(1),
  actor: actorSchema,
  line: lineSchema,
  /** Channel code of the profile, when the act came through one. */
  channel: z.string().optional(),
  /** RFC 3339, UTC, milliseconds: when the event was recorded. */
  recordedAt: z.iso.datetime(),
  /** RFC 3339: when it happened, if earlier than recorded. */
  occurredAt: z.iso.datetime(),
  /** The same for everything that follows from one contact. */
  correlationId: z.string().min(1),
  /** Id of the event or command that directly led to this one. */
  causationId: z.string().min(1),
  commandId: z.string().min(1),
  /** Keyed digest of what the command said, to tell an honest repeat from a reused id (docs/adr/0022). Nothing without the subject's key. */
  contentDigest: z
    .string()
    .regex(/^[\w-]{22}$/)
    .optional(),
  /** W3C traceparent. */
  trace: z.string().optional(),
  /** Profile version the decision was taken under; absent before a profile applies. */
  profileVersion: z.number().int().min(1).optional(),
  /** Hex SHA-256 of the stream's previous event; absent on the first. */
  previousHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type EventMetadata = z.infer<typeof metadataSchema>;
