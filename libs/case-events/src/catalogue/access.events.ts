import { z } from 'zod';
import { type EventsOf, defineEvent } from '../event-type';
import { codeSchema, instantSchema, uuidSchema } from '../vocabulary';

/**
 * In `access-<case id>`, never in the case: who looked and who was refused (design §3.12, SYS-06, MUS-27). What concerns no case is
 * counted in a stream per organisation, service and day.
 */
export const accessEvents = {
  CaseViewed: defineEvent({
    type: 'CaseViewed',
    author: 'access',
    advances: false,
    meaning: 'Somebody was shown the case’s page or its history (MUS-27, SYS-06).',
    data: z.object({
      caseId: uuidSchema,
      /** Number of events that were shown, and how many the case had then. */
      version: z.number().int().min(0),
      versions: z.number().int().min(1),
      /** The moment asked for, when the reader asked for one. */
      at: instantSchema.optional(),
      /** Personal values were opened for this reader. */
      revealed: z.boolean(),
    }),
  }),
  AccessDenied: defineEvent({
    type: 'AccessDenied',
    author: 'access',
    advances: false,
    meaning: 'Somebody asked for the case without the right to see it.',
    data: z.object({ caseId: uuidSchema, action: z.string().min(1).max(100), code: codeSchema }),
  }),
  AccessDenialsCounted: defineEvent({
    type: 'AccessDenialsCounted',
    author: 'access',
    advances: false,
    meaning:
      'Refusals that concern no known case, or an anonymous caller: counted for a moment, then written once (design §3.12).',
    data: z.object({
      from: instantSchema,
      to: instantSchema,
      denials: z
        .array(
          z.object({
            /** Entry of the permission table, or method and route of an open entrance. */
            action: z.string().min(1).max(100),
            code: codeSchema,
            count: z.number().int().min(1),
          }),
        )
        .min(1)
        .max(200),
    }),
  }),
} as const;

export type AccessEvent = EventsOf<typeof accessEvents>;
