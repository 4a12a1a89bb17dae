import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { eventHash } from '../case-streams/chain';
import { type Deadline, startDeadline } from '../deadline';
import { BrokenLink, WrongExpectedRevision } from '../event-store.errors';
import {
  type AppendResult,
  type CallOptions,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  START,
} from '../event-store.port';
import { type KurrentDbConnection } from './kurrentdb-connection';
import { toProposed, token } from './kurrentdb-events';
import { appendFault, isWrongRevision } from './kurrentdb-faults';
import { lastEvent, readSlice, reading } from './kurrentdb-reading';

interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/**
 * Appends that fix their slots are judged slot by slot before and, after a lost race, again: the store's own
 * idempotence does not say that it was one, nor where. Between the judgement and the append the store's check of the
 * revision holds.
 */
export async function appendTo(
  connection: KurrentDbConnection,
  append: Append,
  options: CallOptions = {},
): Promise<AppendResult> {
  const deadline = startDeadline(options);
  try {
    return (await judged(connection, append, deadline)) ?? (await sent(connection, append, deadline));
  } finally {
    deadline.stop();
  }
}

async function sent(
  connection: KurrentDbConnection,
  append: Append,
  deadline: Deadline,
): Promise<AppendResult> {
  const answer = await answered(connection, append, deadline);
  if (answer !== 'refused') {
    const revision = Number(answer.nextExpectedRevision);
    const position = plausible(answer.position);
    // Without a position it was a replay that the judgement before it could not see yet.
    return position === undefined
      ? {
          revision,
          position: await positionAt(connection, append.stream, revision, deadline),
          replayed: true,
        }
      : { revision, position: token(position), replayed: false };
  }
  const replay = await judged(connection, append, deadline);
  if (replay !== undefined) return replay;
  throw await conflict(connection, append, deadline);
}

async function answered(
  connection: KurrentDbConnection,
  { stream, expected, events }: Append,
  deadline: Deadline,
): Promise<ClientResult | 'refused'> {
  try {
    const client = connection.get();
    return await connection.gated(deadline.passed, () =>
      deadline.race(
        client.appendToStream(stream, events.map(toProposed), {
          streamState: stateOf(expected),
          requiresLeader: true,
          // With credentials of its own a call is one request with a deadline; the shared batch stream knows none.
          credentials: connection.credentials,
          deadline: deadline.remainingMs(),
        }),
      ),
    );
  } catch (error) {
    if (isWrongRevision(error)) return 'refused';
    connection.distrust(error);
    throw appendFault(error);
  }
}

/** The outcome of what the stream already shows: a replay, or undefined when the append may be tried. @throws conflicts */
async function judged(
  connection: KurrentDbConnection,
  append: Append,
  deadline: Deadline,
): Promise<AppendResult | undefined> {
  const { stream, expected, events } = append;
  const head = headOf(expected);
  if (head === undefined) return undefined;
  const slice = { from: BigInt(Math.max(head, 0)), direction: 'forwards', limit: events.length + 1 } as const;
  const shown = await reading(connection, deadline, () => readSlice(connection, stream, slice, deadline));
  if (shown === undefined) {
    if (head === -1) return undefined;
    throw wrongRevision(append, undefined);
  }
  const slots = shown.filter((event) => event.revision > head);
  if (slots.length >= events.length && events.every((event, i) => slots[i]?.id === event.id)) {
    const last = slots[events.length - 1];
    return last && { revision: last.revision, position: last.position, replayed: true };
  }
  const before = shown.find((event) => event.revision === head);
  if (slots.length > 0 || (head >= 0 && before === undefined))
    throw await conflict(connection, append, deadline);
  if (typeof expected === 'object' && before !== undefined && eventHash(before) !== expected.headHash)
    throw new BrokenLink(`stream ${stream} at ${head}`);
  return undefined;
}

/** Revision of the event before the first slot; −1 before the first event; undefined when the slots are open. */
function headOf(expected: ExpectedRevision): number | undefined {
  if (expected === 'any' || expected === 'exists') return undefined;
  if (expected === 'none') return -1;
  return typeof expected === 'number' ? expected : expected.revision;
}

function stateOf(expected: ExpectedRevision): bigint | 'any' | 'stream_exists' | 'no_stream' {
  const head = headOf(expected);
  if (head === undefined) return expected === 'any' ? 'any' : 'stream_exists';
  return head === -1 ? 'no_stream' : BigInt(head);
}

async function conflict(
  connection: KurrentDbConnection,
  append: Append,
  deadline: Deadline,
): Promise<WrongExpectedRevision> {
  const last = await reading(connection, deadline, () => lastEvent(connection, append.stream, deadline));
  return wrongRevision(append, last?.revision);
}

function wrongRevision({ stream, expected }: Append, actual: number | undefined): WrongExpectedRevision {
  return new WrongExpectedRevision(
    stream,
    typeof expected === 'object' ? String(expected.revision) : String(expected),
    actual,
  );
}

type ClientResult = Awaited<ReturnType<KurrentDBClient['appendToStream']>>;

/** The store answers idempotent appends without a position, or with −1. */
function plausible(position: ClientResult['position']): ClientResult['position'] {
  return position === undefined || position.commit >= 1n << 63n ? undefined : position;
}

async function positionAt(
  connection: KurrentDbConnection,
  stream: string,
  revision: number,
  deadline: Deadline,
): Promise<Position> {
  const slice = { from: BigInt(revision), direction: 'forwards', limit: 1 } as const;
  const shown = await reading(connection, deadline, () => readSlice(connection, stream, slice, deadline));
  return shown?.[0]?.position ?? START;
}
