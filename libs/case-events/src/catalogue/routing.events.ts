import { z } from 'zod';
import { type EventsOf, defineEvent } from '../event-type';
import { codeSchema, ownerSchema, ruleInputsSchema } from '../vocabulary';

/** Every routing result names the rule that led to it and what the rule looked at (KWT-31). */
const ruled = { ruleId: z.string().min(1), inputs: ruleInputsSchema };

export const routingEvents = {
  JurisdictionAssessed: defineEvent({
    type: 'JurisdictionAssessed',
    author: 'routing',
    meaning: 'Whether the matter belongs to the organisation (QAT-07, KWT-05, KWT-06).',
    data: z.object({ result: z.enum(['IN', 'OUT']), ...ruled }),
  }),
  CaseRedirectedOutOfJurisdiction: defineEvent({
    type: 'CaseRedirectedOutOfJurisdiction',
    author: 'routing',
    lifecycle: 'ends',
    meaning: 'The reporter is told the right body; nothing is forwarded (QAT-07, KWT-06, AMB-23).',
    data: z.object({ body: codeSchema, bodyAr: z.string(), bodyEn: z.string(), ...ruled }),
  }),
  CaseScreened: defineEvent({
    type: 'CaseScreened',
    author: 'routing',
    meaning: 'A serious complaint gets official action (KWT-04, AMB-37).',
    data: z.object({ result: z.enum(['SERIOUS', 'NOT_SERIOUS']), ...ruled }),
  }),
  CaseClassified: defineEvent({
    type: 'CaseClassified',
    author: 'routing',
    meaning: 'Directorate, section, sector and category of the case (MUS-09, QAT-02).',
    data: z.object({
      category: codeSchema,
      sector: codeSchema.optional(),
      directorate: codeSchema.optional(),
      section: codeSchema.optional(),
      ...ruled,
    }),
  }),
  PriorityAssessed: defineEvent({
    type: 'PriorityAssessed',
    author: 'routing',
    meaning: 'Priority and handling class, by rule (KWT-16, BAH-12, AMB-29).',
    data: z.object({
      priority: z.enum(['LOW', 'NORMAL', 'HIGH', 'URGENT']),
      handlingClass: codeSchema,
      ...ruled,
    }),
  }),
  CaseRouted: defineEvent({
    type: 'CaseRouted',
    author: 'routing',
    meaning:
      'The party that should solve the case, and the second-line queue that delivers it (QAT-05, MUS-38).',
    data: z.object({ owner: ownerSchema, secondLineQueue: codeSchema, ...ruled }),
  }),
  RoutingCorrected: defineEvent({
    type: 'RoutingCorrected',
    author: 'routing',
    meaning: 'A person chose another owner than the rules, or a new one after a misroute (BAH-25, AMB-12).',
    data: z.object({
      owner: ownerSchema,
      previousOwner: ownerSchema.optional(),
      secondLineQueue: codeSchema,
      reason: z.string().min(1).max(500),
      misroutes: z.number().int().min(0),
    }),
  }),
} as const;

export type RoutingEvent = EventsOf<typeof routingEvents>;
