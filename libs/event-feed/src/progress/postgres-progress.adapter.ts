import { type Topic } from '@balagh/case-events';
import { type Position, START } from '@balagh/event-store';
import { type Pool } from 'pg';
import { coalesced } from '../delivery/coalesced';
import { type ParkedCase } from '../event-feed.port';
import { type CaseProgress, type FeedProgress, type HandledMessage } from './feed-progress.port';
import { type ParkRow, type StateRow, statements } from './progress-statements.schema';

/**
 * Progress in the service's own schema. Look-ups and notes of messages that are handled at the same time travel
 * together in one statement each.
 */
export function createPostgresProgress(pool: Pool, consumer: string): FeedProgress {
  const state = coalesced((caseIds: readonly string[]) => readStates(pool, consumer, caseIds));
  const handled = coalesced((messages: readonly HandledMessage[]) => noteHandled(pool, consumer, messages));
  const change = async (statement: string, values: readonly unknown[]): Promise<number> =>
    (await pool.query({ text: statement, values: [consumer, ...values] })).rowCount ?? 0;

  return {
    consumer,
    state,
    handled,
    park: async ({ caseId, topic, revision, reason }) => {
      await change(statements.park, [caseId, topic, revision, reason]);
    },
    parkOnce: async ({ caseId, topic, revision, reason }, mark) =>
      (await change(statements.parkOnce, [caseId, topic, revision, reason, mark])) > 0,
    wait: async (caseId, revision) => (await change(statements.wait, [caseId, revision])) > 0,
    parked: async () => {
      const { rows } = await pool.query<ParkRow>(statements.parked, [consumer]);
      return rows.map(parkedCase);
    },
    claimRedrive: async (caseId, claimant) => {
      if ((await change(statements.claim, [caseId, claimant])) > 0) return 'claimed';
      const { rowCount } = await pool.query(statements.isParked, [consumer, caseId]);
      return (rowCount ?? 0) > 0 ? 'taken' : 'not-parked';
    },
    releaseRedrive: async (caseId, failure) => {
      const { topic = null, revision = null, reason = null } = failure ?? {};
      await change(statements.release, [caseId, topic, revision, reason]);
    },
    unpark: async (caseId, handledUpTo) => {
      if ((await change(statements.unpark, [caseId, handledUpTo])) > 0) return true;
      const { rowCount } = await pool.query(statements.isParked, [consumer, caseId]);
      return rowCount === 0;
    },
    checkpoint: async () => {
      const { rows } = await pool.query<{ position: Position }>(statements.checkpoint, [consumer]);
      return rows[0]?.position ?? START;
    },
    saveCheckpoint: async (position) => {
      await change(statements.saveCheckpoint, [position]);
    },
  };
}

async function readStates(
  pool: Pool,
  consumer: string,
  caseIds: readonly string[],
): Promise<readonly CaseProgress[]> {
  const { rows } = await pool.query<StateRow>({
    name: 'feed-states',
    text: statements.states,
    values: [consumer, caseIds],
  });
  const byNumber = new Map(rows.map((row) => [Number(row.n), row]));
  return caseIds.map((_, i) => {
    const row = byNumber.get(i + 1);
    const handled = new Map(Object.entries(row?.handled ?? {}) as [Topic, number][]);
    return { handled, parked: row?.parked ?? false };
  });
}

/** A statement may touch a row once: of several revisions of one case and topic the highest counts. */
async function noteHandled(
  pool: Pool,
  consumer: string,
  messages: readonly HandledMessage[],
): Promise<readonly undefined[]> {
  const highest = new Map<string, HandledMessage>();
  for (const message of messages) {
    const key = `${message.topic} ${message.caseId}`;
    if ((highest.get(key)?.revision ?? -1) <= message.revision) highest.set(key, message);
  }
  // In one order everywhere, so that two replicas cannot wait for each other's rows.
  const rows = [...highest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, message]) => message);
  await pool.query({
    name: 'feed-handled',
    text: statements.handled,
    values: [consumer, rows.map((r) => r.topic), rows.map((r) => r.caseId), rows.map((r) => r.revision)],
  });
  return messages.map(() => undefined);
}

const parkedCase = (row: ParkRow): ParkedCase => ({
  consumer: row.consumer,
  caseId: row.case_id,
  topic: row.topic as Topic,
  revision: row.revision,
  reason: row.reason,
  parkedAt: row.parked_at.toISOString(),
});
