import { type CaseEvent } from '@balagh/case-events';

/** What the whole-case fold does not keep, but the next possible step depends on. Starts anew with each delivery. */
export interface CaseProgress {
  readonly acknowledged: boolean;
  readonly teamId?: string;
  readonly verification?: 'CONFIRMED' | 'NOT_CONFIRMED';
  readonly summoned: boolean;
  readonly confrontation?: 'SETTLEMENT_REACHED' | 'NO_SETTLEMENT' | 'NOT_HELD';
  readonly replyIssued: boolean;
  readonly informed: boolean;
  readonly attempts: number;
  readonly attemptChannels: readonly string[];
}

export const initialProgress: CaseProgress = {
  acknowledged: false,
  summoned: false,
  replyIssued: false,
  informed: false,
  attempts: 0,
  attemptChannels: [],
};

export function progressOf(events: readonly CaseEvent[]): CaseProgress {
  return events.reduce(evolveProgress, initialProgress);
}

function evolveProgress(progress: CaseProgress, event: CaseEvent): CaseProgress {
  switch (event.type) {
    case 'CaseReferred':
    case 'CaseTransferred':
    case 'CaseReturnedAsMisrouted':
    case 'CaseReopened':
      return initialProgress;
    case 'Acknowledged':
      return { ...progress, acknowledged: true };
    case 'FieldTeamSent':
      return withoutVerification({ ...progress, teamId: event.data.teamId });
    case 'FieldVerificationRecorded':
      return { ...progress, verification: event.data.result };
    case 'SummonsIssued':
      return withoutConfrontation({ ...progress, summoned: true });
    case 'ConfrontationHeld':
      return { ...progress, summoned: event.data.result !== 'NOT_HELD', confrontation: event.data.result };
    case 'ReplyIssued':
      return { ...progress, replyIssued: true };
    case 'ReporterInformed':
      return { ...progress, informed: true };
    case 'ReporterContactAttempted': {
      const attemptChannels = [...new Set([...progress.attemptChannels, event.data.channel])];
      return { ...progress, attempts: progress.attempts + 1, attemptChannels };
    }
    default:
      return progress;
  }
}

function withoutVerification({ verification: _, ...rest }: CaseProgress): CaseProgress {
  return rest;
}

function withoutConfrontation({ confrontation: _, ...rest }: CaseProgress): CaseProgress {
  return rest;
}
