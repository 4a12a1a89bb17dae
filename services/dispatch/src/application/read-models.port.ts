import { z } from 'zod';
import { type DueTime } from '../domain/due-times';
import { type QueueEntry, type Turn } from '../domain/queue-entry';
import { type Transfer } from '../domain/transfers';

/** Everything that this service's tables say about one case, folded from one reading of its stream. */
export interface CaseRows {
  readonly entry: QueueEntry;
  readonly transfers: readonly Transfer[];
  readonly dueTimes: readonly DueTime[];
  /** Profile version of the calendar that the due times were computed with. */
  readonly calendarVersion: number;
}

export interface ReadModels {
  /** Writes all rows of the case at once, unless a newer fold is there; the same version may overwrite. @returns whether these were written */
  put(rows: CaseRows): Promise<boolean>;
  list(query: QueueQuery): Promise<{ readonly entries: readonly QueueEntry[]; readonly total: number }>;
  transfer(transferId: string): Promise<Transfer | undefined>;
  /** Open transfers of an agency, oldest first. */
  openTransfers(query: TransferQuery): Promise<readonly Transfer[]>;
}

/** An instant in a page token: as `toISOString` writes it, and none that the tables could not hold. */
export const sortedInstantSchema = z.iso.datetime({ precision: 3 }).refine((at) => !at.startsWith('0000'));

/** Sort keys of the last row of a page: the next page begins after it, whatever was inserted meanwhile. */
export interface QueuePosition {
  /** 0 without order by priority. */
  readonly rank: number;
  readonly registeredAt: string;
  readonly caseId: string;
}

export interface QueueQuery {
  readonly tenant: string;
  readonly turn: Turn;
  readonly followUpOnly: boolean;
  /** Cases of this party only; with a section, only those addressed to it. */
  readonly party?: { readonly code: string; readonly section?: string };
  readonly order: 'AGE' | 'PRIORITY';
  readonly after?: QueuePosition;
  readonly limit: number;
}

export interface TransferQuery {
  readonly tenant: string;
  readonly agency: string;
  readonly after?: { readonly transferredAt: string; readonly transferId: string };
  readonly limit: number;
}

/** Most urgent first. */
export const priorityRanks = { URGENT: 1, HIGH: 2, NORMAL: 3, LOW: 4 } as const;

export function rankOf(priority: string): number {
  return Object.hasOwn(priorityRanks, priority)
    ? priorityRanks[priority as keyof typeof priorityRanks]
    : priorityRanks.NORMAL;
}
