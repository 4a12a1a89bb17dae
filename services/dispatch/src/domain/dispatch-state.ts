import {
  type CaseEvent,
  type CaseType,
  type ClosureOutcome,
  type DispatchEvent,
  type EventMetadata,
  type Lifecycle,
  type MessageChannel,
  type Owner,
  type Sealed,
  initialLifecycle,
} from '@balagh/case-events';

/** What the fold reads: any case event, with metadata and revision when it comes from the store. */
export type DispatchInput = CaseEvent & {
  readonly metadata?: Pick<EventMetadata, 'recordedAt' | 'actor' | 'line' | 'channel'>;
  /** Its place in the stream, from 0. */
  readonly revision?: number;
};
export type DispatchOutput = DispatchEvent;

/** The party that holds the case on the third line, from its delivery on. */
export interface Delivery {
  /** Referral or transfer id. */
  readonly id: string;
  readonly owner: Owner;
  /** RFC 3339; absent only in specifications without metadata. */
  readonly deliveredAt?: string | undefined;
  /** Last act of the owner toward a solution; reminders count from here (MUS-25). An acknowledgement is none. */
  readonly lastActAt?: string | undefined;
  readonly dueAt: string;
  readonly acknowledged: boolean;
}

/** A terminal event of intake or routing; dispatch closes the case in the name of whoever ended it (AMB-13). */
export interface Ending {
  readonly outcome: ClosureOutcome;
  readonly by?: DispatchInput['metadata'];
}

export interface Confrontation {
  readonly summonsId: string;
  readonly date: string;
  readonly result?: 'SETTLEMENT_REACHED' | 'NO_SETTLEMENT' | 'NOT_HELD';
}

/** Everything that the second and the third line decide on: one fold for all deciders of this service. */
export interface DispatchCase extends Lifecycle {
  readonly caseNumber?: string;
  readonly caseType?: CaseType;
  readonly category?: string;
  /** Non-personal answers that deadlines look at. */
  readonly facts: Readonly<Record<string, string | boolean>>;
  readonly registeredAt?: string;
  readonly clockStart?: string;
  readonly place: 'NOWHERE' | 'SECOND_LINE' | 'THIRD_LINE' | 'AGENCY';
  readonly proposed?: { readonly owner: Owner; readonly queue: string };
  readonly delivery?: Delivery | undefined;
  /** When the case was delivered, had an answer and the reporter was told for the first time; later rounds leave them alone. */
  readonly firstDeliveredAt?: string | undefined;
  readonly firstAnsweredAt?: string | undefined;
  readonly firstInformedAt?: string | undefined;
  readonly lastReturn?: { readonly from: Owner; readonly reason: string } | undefined;
  readonly misroutes: number;
  /** Teams on their way, by code. */
  readonly teamsOut: readonly string[];
  readonly verification?:
    { readonly teamId: string; readonly result: 'CONFIRMED' | 'NOT_CONFIRMED' } | undefined;
  readonly confrontation?: Confrontation | undefined;
  /** Outcome that the second line tells the reporter; any one suffices. */
  readonly resolution?:
    { readonly text: Sealed; readonly result: 'SOLVED' | 'NOT_CONFIRMED' | 'REJECTED' } | undefined;
  readonly settled: boolean;
  readonly prosecuted: boolean;
  readonly lawReference?: string | undefined;
  /** Messages that carry the latest reply to the reporter, with the channels they try. */
  readonly replyMessages: Readonly<Record<string, readonly MessageChannel[]>>;
  readonly replied: boolean;
  /** Revision of the latest reply since the case was delivered or reopened: requests for its messages name it. */
  readonly replyRevision?: number | undefined;
  /** Messages that tell the respondent of the prosecution: whether their outcome is known (AMB-26). */
  readonly respondentMessages: Readonly<Record<string, boolean>>;
  readonly attempts: readonly MessageChannel[];
  readonly informedBy: readonly MessageChannel[];
  readonly ending?: Ending;
  readonly closing?: { readonly outcome: ClosureOutcome; readonly closedAt: string } | undefined;
  readonly reopenings: number;
  /** Reminders that the owner has not answered by an act. */
  readonly unansweredReminders: number;
  readonly nextReminderAt?: string | undefined;
  readonly escalationLevel: number;
  readonly breaches: readonly { readonly sla: string; readonly deliveryId?: string | undefined }[];
  /** Ids that commands brought along: a repeated command is recognised by its own. */
  readonly handled: readonly string[];
}

export const initialDispatchCase: DispatchCase = {
  ...initialLifecycle,
  facts: {},
  place: 'NOWHERE',
  misroutes: 0,
  teamsOut: [],
  settled: false,
  prosecuted: false,
  replyMessages: {},
  replied: false,
  respondentMessages: {},
  attempts: [],
  informedBy: [],
  reopenings: 0,
  unansweredReminders: 0,
  escalationLevel: 0,
  breaches: [],
  handled: [],
};
