import { type Topic } from '@balagh/case-events';
import { type Position } from '@balagh/event-store';
import { type ParkedCase } from '../event-feed.port';

/**
 * What one consumer remembers, in the schema of its service, shared by its replicas: what it handled, which cases are
 * parked, and from where the store feed goes on. All faults are retriable; every call may be repeated.
 */
export interface FeedProgress {
  readonly consumer: string;

  /** What is known about this case on every topic, now. */
  state(caseId: string): Promise<CaseProgress>;
  /** Remembers that everything of this case and topic up to this revision is handled; never goes back. */
  handled(message: HandledMessage): Promise<void>;

  /** Parks the case; the first failure stays the recorded one when it is parked already. */
  park(failure: Failure): Promise<void>;
  /** The same for a message that is known by a mark only, in one step with noting the mark. @returns false, and parks nothing, when the mark is known */
  parkOnce(failure: Failure, mark: string): Promise<boolean>;
  /** Records that this message waits with its parked case. False when the case is no longer parked: handle it. */
  wait(caseId: string, revision: number): Promise<boolean>;
  parked(): Promise<readonly ParkedCase[]>;

  /** Reserves the parked case for one redrive, for at most a minute unless repeated. */
  claimRedrive(caseId: string, claimant: string): Promise<'claimed' | 'taken' | 'not-parked'>;
  /** Ends an unsuccessful redrive; with the new failure, if the handler refused again. */
  releaseRedrive(caseId: string, failure?: Failure): Promise<void>;
  /** Clears the park unless a message beyond this revision waits; atomic against `wait`. @returns whether it was cleared */
  unpark(caseId: string, handledUpTo: number): Promise<boolean>;

  /** Store feed: everything up to here is handled. */
  checkpoint(): Promise<Position>;
  /** Never goes back. */
  saveCheckpoint(position: Position): Promise<void>;
}

export interface CaseProgress {
  /** Highest revision handled, per topic; none before the first. */
  readonly handled: ReadonlyMap<Topic, number>;
  readonly parked: boolean;
}

export interface HandledMessage {
  readonly topic: Topic;
  readonly caseId: string;
  readonly revision: number;
}

export interface Failure extends HandledMessage {
  readonly reason: string;
}
