import { messageChannelSchema } from '@balagh/case-events';
import { type MessagePhase } from '../domain/message.decider';

/** SEND: something is to be done. TRACK: accepted and told; only delivery is still asked for. */
export type WorkQueue = 'SEND' | 'TRACK';

/** Where a message stands, as far as this table knows; the message's stream decides. */
export interface WorkRow {
  readonly messageId: string;
  readonly caseId: string;
  readonly tenant: string;
  readonly queue: WorkQueue;
  readonly phase: MessagePhase;
  /** Channel of the attempt that is open or comes next, else of the last one. Empty where an older version added the row. */
  readonly channel: string;
  /** Revision of the last event folded. */
  readonly version: number;
  /** When that event was recorded, RFC 3339 UTC. */
  readonly since: string;
  /** When to look again; null: nothing is left to do. */
  readonly dueAt: string | null;
}

/** Whose a row is, and until when nobody else takes it. */
export interface Lease {
  /** Name of the worker; unique per process. */
  readonly owner: string;
  /** RFC 3339 UTC. */
  readonly until: string;
}

export interface Claim {
  readonly queue: WorkQueue;
  /** Name of the worker; unique per process. */
  readonly owner: string;
  readonly now: string;
  readonly leaseMs: number;
  /** At most so many rows by channel; none of a channel that is not named. */
  readonly limits: ReadonlyMap<string, number>;
}

/** What `WorkRow.channel` can be. */
export const rowChannels: readonly string[] = [...messageChannelSchema.options, ''];

/**
 * The to-do list of messages: rebuildable, shared by all replicas. A lease keeps two workers from the same message most
 * of the time; what makes sending safe is the exact revision of the message's stream.
 */
export interface WorkTable {
  /** Adds a row unless the message has one; with a lease: for a worker that has begun with it. */
  add(row: WorkRow, lease?: Lease): Promise<void>;
  /** Due rows without a live lease, of each channel the oldest first, leased to the owner. */
  claim(claim: Claim): Promise<readonly WorkRow[]>;
  /** Replaces the row unless a newer version is there, and gives up the owner's lease. */
  save(row: WorkRow, owner: string): Promise<void>;
  /** Makes the message due, whoever has it: what that one saves of a version before this one changes nothing. */
  touch(messageId: string, version: number, dueAt: string): Promise<void>;
  clear(): Promise<void>;
}
