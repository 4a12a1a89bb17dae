import { z } from 'zod';
import { type EventsOf, defineEvent } from '../event-type';
import {
  codeSchema,
  daySchema,
  instantSchema,
  messageChannelSchema,
  ownerSchema,
  sealedSchema,
  uuidSchema,
} from '../vocabulary';

/** Who did it on the solving side: the tenant's own staff, or a partner agency by its code (MUS-36). */
const source = z.union([z.literal('INTERNAL'), codeSchema]);

export const closureOutcomeSchema = z.enum([
  'RESOLVED',
  'ANSWERED_AT_FIRST_CONTACT',
  'DECLINED_PERSONAL',
  'REDIRECTED',
  'CANCELLED_DUPLICATE',
  'SETTLED',
  'REFERRED_TO_PROSECUTION',
  'NOT_CONFIRMED',
  'UNREACHED',
]);
export type ClosureOutcome = z.infer<typeof closureOutcomeSchema>;

export const dispatchEvents = {
  CaseSentToSecondLine: defineEvent({
    type: 'CaseSentToSecondLine',
    author: 'dispatch',
    meaning: 'The case stands in the distributor’s queue (MUS-10).',
    data: z.object({ queue: codeSchema, proposedOwner: ownerSchema }),
  }),
  CaseReferred: defineEvent({
    type: 'CaseReferred',
    author: 'dispatch',
    meaning: 'Delivered to a party inside the organisation (MUS-12, AMB-36).',
    data: z.object({
      referralId: uuidSchema,
      owner: ownerSchema,
      referralDate: daySchema,
      dueAt: instantSchema,
      note: sealedSchema.optional(),
    }),
  }),
  CaseTransferred: defineEvent({
    type: 'CaseTransferred',
    author: 'dispatch',
    meaning: 'Delivered to another body (MUS-32, AMB-36).',
    data: z.object({
      transferId: uuidSchema,
      agency: codeSchema,
      agencyAr: z.string(),
      agencyEn: z.string(),
      mode: z.enum(['OFF', 'TRANSFER', 'LIVE_SHARED']),
      transports: z.array(z.enum(['SMS', 'EMAIL', 'GRPC'])).min(1),
      dueAt: instantSchema,
      note: sealedSchema.optional(),
    }),
  }),
  Acknowledged: defineEvent({
    type: 'Acknowledged',
    author: 'dispatch',
    meaning: 'The responsible party confirmed that it has the case (MUS-17, BAH-25).',
    data: z.object({ source, externalReference: z.string().max(100).optional() }),
  }),
  ActionAdded: defineEvent({
    type: 'ActionAdded',
    author: 'dispatch',
    meaning: 'A measure toward completion, with its state (MUS-36, MUS-39).',
    data: z.object({
      actionId: uuidSchema,
      source,
      description: sealedSchema,
      state: z.enum(['OPEN', 'DONE']),
    }),
  }),
  FieldTeamSent: defineEvent({
    type: 'FieldTeamSent',
    author: 'dispatch',
    meaning: 'A team was sent to verify (QAT-05).',
    data: z.object({ teamId: codeSchema }),
  }),
  FieldVerificationRecorded: defineEvent({
    type: 'FieldVerificationRecorded',
    author: 'dispatch',
    meaning: 'What the team found (QAT-06).',
    data: z.object({
      teamId: codeSchema,
      result: z.enum(['CONFIRMED', 'NOT_CONFIRMED']),
      findings: sealedSchema.optional(),
    }),
  }),
  LegalActionRecorded: defineEvent({
    type: 'LegalActionRecorded',
    author: 'dispatch',
    meaning: 'Legal action against a violator, only after confirmation (QAT-06).',
    data: z.object({ legalActionId: uuidSchema, basis: z.string().min(1).max(300) }),
  }),
  FollowUpRecorded: defineEvent({
    type: 'FollowUpRecorded',
    author: 'dispatch',
    meaning: 'The second line followed the case up (MUS-12, MUS-34).',
    data: z.object({ followUpId: uuidSchema, note: sealedSchema }),
  }),
  ReminderIssued: defineEvent({
    type: 'ReminderIssued',
    author: 'dispatch',
    advances: false,
    meaning: 'The owner did not act within the interval (MUS-25).',
    data: z.object({ n: z.number().int().min(1), owner: ownerSchema, nextAt: instantSchema }),
  }),
  CaseEscalated: defineEvent({
    type: 'CaseEscalated',
    author: 'dispatch',
    advances: false,
    meaning: 'Reminders or a deadline ran out; the next level is told (MUS-50, KWT-37).',
    data: z.object({
      level: z.number().int().min(1),
      to: codeSchema,
      cause: z.enum(['REMINDERS_UNANSWERED', 'DEADLINE_BREACHED']),
      /** When the reminders to the owner begin again; only after unanswered reminders. */
      nextAt: instantSchema.optional(),
    }),
  }),
  SlaBreached: defineEvent({
    type: 'SlaBreached',
    author: 'dispatch',
    advances: false,
    meaning: 'A configured time limit passed, once per limit (BAH-08, OMH-20).',
    data: z.object({ sla: codeSchema, dueAt: instantSchema }),
  }),
  DueDateRecomputed: defineEvent({
    type: 'DueDateRecomputed',
    author: 'dispatch',
    advances: false,
    meaning: 'The working calendar changed, so did the open deadline (design §3.13).',
    data: z.object({
      dueAt: instantSchema,
      previousDueAt: instantSchema,
      calendarVersion: z.number().int().min(1),
    }),
  }),
  CaseReturnedAsMisrouted: defineEvent({
    type: 'CaseReturnedAsMisrouted',
    author: 'dispatch',
    meaning: 'The owner says it is not his; counted (BAH-25, AMB-12).',
    data: z.object({ from: ownerSchema, reason: z.string().min(1).max(500), count: z.number().int().min(1) }),
  }),
  SummonsIssued: defineEvent({
    type: 'SummonsIssued',
    author: 'dispatch',
    meaning: 'Complainant and respondent are called to a confrontation (KWT-08).',
    data: z.object({
      summonsId: uuidSchema,
      date: daySchema,
      parties: z.array(z.enum(['COMPLAINANT', 'RESPONDENT'])).min(1),
    }),
  }),
  ConfrontationHeld: defineEvent({
    type: 'ConfrontationHeld',
    author: 'dispatch',
    meaning: 'What the confrontation led to, and who came (KWT-08, KWT-09).',
    data: z.object({
      summonsId: uuidSchema,
      result: z.enum(['SETTLEMENT_REACHED', 'NO_SETTLEMENT', 'NOT_HELD']),
      attended: z.array(z.enum(['COMPLAINANT', 'RESPONDENT'])),
    }),
  }),
  SettlementRecorded: defineEvent({
    type: 'SettlementRecorded',
    author: 'dispatch',
    meaning: 'The parties are reconciled (KWT-10).',
    data: z.object({ terms: sealedSchema, lawReference: z.string().min(1).max(300) }),
  }),
  CaseReferredToProsecution: defineEvent({
    type: 'CaseReferredToProsecution',
    author: 'dispatch',
    meaning: 'No reconciliation: the complaint goes to the public prosecution (KWT-07, KWT-09).',
    data: z.object({ lawReference: z.string().min(1).max(300), date: daySchema }),
  }),
  ResolutionReturned: defineEvent({
    type: 'ResolutionReturned',
    author: 'dispatch',
    meaning: 'The third line returned its reply to the second line (MUS-13).',
    data: z.object({
      resolutionId: uuidSchema,
      source,
      resolution: sealedSchema,
      result: z.enum(['SOLVED', 'NOT_CONFIRMED', 'REJECTED']),
      lawReference: z.string().min(1).max(300).optional(),
    }),
  }),
  ReplyIssued: defineEvent({
    type: 'ReplyIssued',
    author: 'dispatch',
    meaning: 'The second line sends the reply to the reporter as a message (MUS-14, MUS-40).',
    data: z.object({
      replyId: uuidSchema,
      reply: sealedSchema,
      legalClauses: z.array(z.string().min(1).max(300)),
    }),
  }),
  ReporterContactAttempted: defineEvent({
    type: 'ReporterContactAttempted',
    author: 'dispatch',
    meaning: 'The reporter could not be reached (AMB-10).',
    data: z.object({
      attemptId: uuidSchema,
      channel: messageChannelSchema,
      result: z.enum(['NO_ANSWER', 'WRONG_NUMBER', 'MESSAGE_FAILED']),
    }),
  }),
  ReporterInformed: defineEvent({
    type: 'ReporterInformed',
    author: 'dispatch',
    meaning: 'The reporter knows the outcome: told by a person, or by an accepted message (MUS-14, OMH-25).',
    data: z.object({
      channel: messageChannelSchema,
      outcome: z.enum(['REACHED', 'MESSAGE_ACCEPTED']),
      messageId: uuidSchema.optional(),
    }),
  }),
  CaseClosed: defineEvent({
    type: 'CaseClosed',
    author: 'dispatch',
    lifecycle: 'ends',
    meaning: 'The page is closed and read-only (MUS-15, AMB-13).',
    data: z.object({ outcome: closureOutcomeSchema, closedAt: instantSchema }),
  }),
  CaseReopened: defineEvent({
    type: 'CaseReopened',
    author: 'dispatch',
    lifecycle: 'reopens',
    meaning: 'The reporter says it is not solved, within the reopening period (AMB-11).',
    data: z.object({ reopeningId: uuidSchema, reason: sealedSchema }),
  }),
} as const;

export type DispatchEvent = EventsOf<typeof dispatchEvents>;
