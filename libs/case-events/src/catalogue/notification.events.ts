import { z } from 'zod';
import { type EventsOf, defineEvent } from '../event-type';
import {
  codeSchema,
  instantSchema,
  languageSchema,
  messageChannelSchema,
  sealedSchema,
  uuidSchema,
} from '../vocabulary';

export const recipientSchema = z.enum([
  'REPORTER',
  'RESPONDENT',
  'OWNER',
  'AGENCY',
  'LIAISON_OFFICER',
  'ESCALATION',
]);
export type Recipient = z.infer<typeof recipientSchema>;

/** In the case stream: the request and the final outcome. */
export const notificationEvents = {
  NotificationRequested: defineEvent({
    type: 'NotificationRequested',
    author: 'notification',
    advances: false,
    meaning: 'A message follows from a case event; one per recipient and purpose (MUS-11, MUS-33).',
    data: z.object({
      messageId: uuidSchema,
      /** Type of the case event that asked for it. */
      trigger: z.string(),
      triggerRevision: z.number().int().min(0),
      template: codeSchema,
      recipient: recipientSchema,
      /** Agency or owner code, when the recipient is not a person of the case. */
      recipientCode: codeSchema.optional(),
      /** Channels to try, in order (MUS-40). Empty: nobody can be reached by message (AMB-42). */
      channels: z.array(messageChannelSchema),
      language: languageSchema,
    }),
  }),
  NotificationSent: defineEvent({
    type: 'NotificationSent',
    author: 'notification',
    advances: false,
    meaning: 'A channel accepted the message (MUS-11, MUS-18).',
    data: z.object({
      messageId: uuidSchema,
      trigger: z.string(),
      recipient: recipientSchema,
      channel: messageChannelSchema,
      attempts: z.number().int().min(1),
    }),
  }),
  NotificationFailed: defineEvent({
    type: 'NotificationFailed',
    author: 'notification',
    advances: false,
    meaning: 'No channel took the message, or its outcome cannot be known; line 2 decides (design §3.14).',
    data: z.object({
      messageId: uuidSchema,
      trigger: z.string(),
      recipient: recipientSchema,
      reason: z.enum(['REJECTED', 'OUTCOME_UNKNOWN', 'UNREACHABLE_BY_MESSAGE']),
    }),
  }),
} as const;

/** In `message-<id>`: the attempts. */
export const messageEvents = {
  MessagePrepared: defineEvent({
    type: 'MessagePrepared',
    author: 'notification',
    meaning: 'Text and addresses are fixed; nothing was submitted yet.',
    data: z.object({
      caseId: uuidSchema,
      template: codeSchema,
      trigger: z.string(),
      recipient: recipientSchema,
      language: languageSchema,
      /** In the order in which they are tried. */
      routes: z.array(z.object({ channel: messageChannelSchema, address: sealedSchema })),
      subject: sealedSchema.optional(),
      body: sealedSchema,
    }),
  }),
  MessageSubmitted: defineEvent({
    type: 'MessageSubmitted',
    author: 'notification',
    meaning:
      'Written before the channel is called: from here a crash leaves the outcome unknown, never unsent.',
    data: z.object({
      attempt: z.number().int().min(1),
      channel: messageChannelSchema,
      reference: z.string(),
    }),
  }),
  MessageAccepted: defineEvent({
    type: 'MessageAccepted',
    author: 'notification',
    meaning: 'The channel took responsibility for the message.',
    data: z.object({
      attempt: z.number().int().min(1),
      channel: messageChannelSchema,
      providerReference: z.string().optional(),
      /** A person found it out and said so: the channel was not heard. */ byPerson: z
        .literal(true)
        .optional(),
    }),
  }),
  MessageRejected: defineEvent({
    type: 'MessageRejected',
    author: 'notification',
    meaning: 'The channel refused; the next channel may be tried, or the same one if the fault was passing.',
    data: z.object({
      attempt: z.number().int().min(1),
      channel: messageChannelSchema,
      code: z.string(),
      retriable: z.boolean(),
      retryAt: instantSchema.optional(),
      /** Given up by a person's reconciliation: no other channel is tried. */ final: z.boolean().optional(),
      /** A person found it out and said so: the channel was not heard. */ byPerson: z
        .literal(true)
        .optional(),
    }),
  }),
  MessageOutcomeUnknown: defineEvent({
    type: 'MessageOutcomeUnknown',
    author: 'notification',
    meaning: 'The channel did not answer in time; it is asked, or shown to line 2, but never resent blindly.',
    data: z.object({
      attempt: z.number().int().min(1),
      channel: messageChannelSchema,
      cause: z.enum(['TIMEOUT', 'CONNECTION_LOST', 'PROCESS_STOPPED']),
    }),
  }),
  MessageDelivered: defineEvent({
    type: 'MessageDelivered',
    author: 'notification',
    meaning: 'The channel reported delivery to the device or mailbox.',
    data: z.object({
      attempt: z.number().int().min(1),
      channel: messageChannelSchema,
      deliveredAt: instantSchema,
    }),
  }),
} as const;

export type NotificationEvent = EventsOf<typeof notificationEvents>;
export type MessageEvent = EventsOf<typeof messageEvents>;
