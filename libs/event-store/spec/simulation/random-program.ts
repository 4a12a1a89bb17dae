import { isDeepStrictEqual } from 'node:util';
import { WrongExpectedRevision } from '../../src/event-store.errors';
import {
  type EventFilter,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
  START,
} from '../../src/event-store.port';
import { collect, idsIn, newStream } from '../contract-events';
import { type Random, oneOf, randomOf } from './random-of';
import { StoreModel, type StoredInModel, type Verdict } from './store.model';

interface Sent {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

interface Program {
  readonly store: EventStore;
  readonly random: Random;
  readonly model: StoreModel;
  readonly streams: readonly string[];
  readonly sent: Sent[];
  readonly readers: readonly Reader[];
  /** Where this program's part of the global order begins. */
  readonly begin: string;
  round: number;
}

/** Follows by pages and remembers now and then; a crash takes it back to what it remembered. */
interface Reader {
  readonly filter: EventFilter;
  readonly limit: number;
  at: { readonly after: string; readonly seen: readonly string[] };
  remembered: Reader['at'];
}

const types = ['Alpha', 'Beta', 'Alpha.Beta'];
const texts = ['{}', '{"b":1,"a":[1.50,"٠"]}', '"🚰"', 'null', '{"a":1,"a":2}'];

/**
 * Runs one random program of appends (also wrong, repeated, altered, at once), reads, and readers that crash, against a store and
 * the model. Answers what is wrong, or undefined. The same seed takes the same steps.
 */
export async function faultOfProgram(store: EventStore, seed: number): Promise<string | undefined> {
  const random = randomOf(seed);
  const program: Program = {
    store,
    random,
    model: new StoreModel(),
    streams: ['rand', 'rand', 'rand.om', 'random'].map(newStream),
    sent: [],
    begin: (await store.append(newStream('begin'), 'none', [newEvent(random)])).position,
    readers: [],
    round: 0,
  };
  const readers = Array.from({ length: 3 }, () => newReader(program));
  const steps = 12 + random(20);
  for (let step = 0; step < steps; step += 1) {
    const fault = await oneOf(random, [appends, appends, appends, streamRead, page, page, crash])({
      ...program,
      readers,
      round: step,
    });
    if (fault !== undefined) return `step ${step}: ${fault}`;
  }
  return faultAtEnd({ ...program, readers });
}

function newReader({ random, begin }: Program): Reader {
  const filter = {
    ...(random(2) === 0 ? {} : { types: types.filter(() => random(2) === 0) }),
    ...(random(2) === 0 ? {} : { categories: ['rand', 'random'].filter(() => random(3) > 0) }),
  };
  const at = { after: begin, seen: [] };
  return { filter, limit: 1 + random(4), at, remembered: at };
}

/** One to four appends at once, each to another stream, so that each has one right answer. */
async function appends(program: Program): Promise<string | undefined> {
  const { random, store, model, sent, round } = program;
  const streams = program.streams.filter(() => random(2) === 0);
  const wanted = streams.map((stream) => nextAppend(program, stream));
  sent.push(...wanted);
  const verdicts = wanted.map(({ stream, expected, events }) =>
    model.append(stream, expected, events, round),
  );
  const answers = await Promise.all(wanted.map((each) => verdictOf(store, each)));
  const wrong = answers.findIndex((answer, i) => !isDeepStrictEqual(answer, verdicts[i]));
  if (wrong < 0) return undefined;
  const said = JSON.stringify(answers[wrong]);
  return `append expected ${JSON.stringify(wanted[wrong]?.expected)} was ${said}, not ${JSON.stringify(verdicts[wrong])}`;
}

function nextAppend({ random, sent, model }: Program, stream: string): Sent {
  const earlier = sent.filter((one) => one.stream === stream && replayable(one.expected));
  if (earlier.length > 0 && random(3) === 0) return altered(random, oneOf(random, earlier));
  const last = model.last(stream);
  const expected = oneOf<ExpectedRevision>(random, [
    ...Array.from({ length: 4 }, () => last ?? ('none' as const)),
    'none',
    'any',
    'exists',
    random(4),
    (last ?? 0) + 1 + random(3),
  ]);
  return { stream, expected, events: Array.from({ length: 1 + random(4) }, () => newEvent(random)) };
}

const replayable = (expected: ExpectedRevision): boolean => expected !== 'any' && expected !== 'exists';

function newEvent(random: Random): NewEvent {
  const id = newStream('x').slice(2);
  return { id, type: oneOf(random, types), data: oneOf(random, texts), metadata: oneOf(random, texts) };
}

/** The same append again: as it was, with other bytes, shorter, longer, turned round, or for another slot. */
function altered(random: Random, { stream, expected, events }: Sent): Sent {
  const otherBytes = events.map((event) => ({ ...event, data: '"other"' }));
  const variants: readonly Sent[] = [
    { stream, expected, events },
    { stream, expected, events },
    { stream, expected, events: otherBytes },
    { stream, expected, events: events.slice(0, Math.max(1, events.length - 1)) },
    { stream, expected, events: [...events, newEvent(random)] },
    { stream, expected, events: [...events].reverse() },
    { stream, expected: 1_000, events },
  ];
  return oneOf(random, variants);
}

async function verdictOf(store: EventStore, { stream, expected, events }: Sent): Promise<Verdict> {
  try {
    const { revision, replayed } = await store.append(stream, expected, events);
    return { kind: replayed ? 'replayed' : 'written', revision };
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return { kind: 'conflict', actual: error.actual };
    throw error;
  }
}

async function streamRead({ random, store, model, streams }: Program): Promise<string | undefined> {
  const stream = oneOf(random, streams);
  const own = model.streams.get(stream);
  const from = random(8);
  const limit = 1 + random(5);
  const direction = oneOf(random, ['forwards', 'backwards'] as const);
  const read = await store.readStream(stream, { from, limit, direction });
  if (own === undefined) return read.kind === 'missing' ? undefined : 'a stream nobody began was found';
  if (read.kind === 'missing') return 'a stream was missing';
  const expected =
    direction === 'forwards' ? own.slice(from) : own.filter(({ revision }) => revision <= from).reverse();
  if (read.lastRevision !== own.length - 1) return `the last revision was ${read.lastRevision}`;
  return sameEvents(read.events, expected.slice(0, limit)) ? undefined : `a read ${direction} was wrong`;
}

async function page({ random, store, readers }: Program): Promise<string | undefined> {
  const reader = oneOf(random, readers);
  await readPage(store, reader);
  if (random(3) === 0) reader.remembered = reader.at;
  return undefined;
}

async function readPage(store: EventStore, reader: Reader): Promise<boolean> {
  const { filter, limit, at } = reader;
  const { events, checkpoint, caughtUp } = await store.readAll({ after: at.after, filter, limit });
  reader.at = { after: checkpoint, seen: [...at.seen, ...events.map((event) => event.id)] };
  return caughtUp;
}

function crash({ random, readers }: Program): Promise<string | undefined> {
  const reader = oneOf(random, readers);
  reader.at = reader.remembered;
  return Promise.resolve(undefined);
}

const sameEvents = (read: readonly RecordedEvent[], expected: readonly StoredInModel[]): boolean =>
  isDeepStrictEqual(
    read.map(({ id, type, data, metadata, stream, revision }) => [
      id,
      type,
      data,
      metadata,
      stream,
      revision,
    ]),
    expected.map(({ id, type, data, metadata, stream, revision }) => [
      id,
      type,
      data,
      metadata,
      stream,
      revision,
    ]),
  );

const passes = ({ stream, type }: RecordedEvent, filter: EventFilter): boolean =>
  (filter.types?.includes(type) ?? true) && (filter.categories?.includes(stream.split('-')[0] ?? '') ?? true);

/** Per-stream sequence, order of rounds, nothing lost, nothing twice; every reader and a subscription agree. */
async function faultAtEnd({ store, random, model, begin, readers }: Program): Promise<string | undefined> {
  const { events: all } = await store.readAll({ after: begin, limit: 10_000 });
  for (const own of model.streams.values()) {
    const shown = all.filter((event) => event.stream === own[0]?.stream);
    if (!sameEvents(shown, own))
      return `the global order shows a stream as ${shown.map((e) => e.revision).join()}`;
  }
  const stored = [...model.streams.values()].flat();
  if (all.length !== stored.length) return `${all.length} events are shown, ${stored.length} were stored`;
  const roundOf = new Map(stored.map(({ id, round }) => [id, round]));
  const rounds = all.map((event) => roundOf.get(event.id) ?? -1);
  if (rounds.some((round, i) => i > 0 && round < (rounds[i - 1] ?? 0)))
    return 'an append stands before one that was acknowledged when it began';
  for (const [i, reader] of readers.entries()) {
    while (!(await readPage(store, reader)));
    const expected = all.filter((event) => passes(event, reader.filter)).map((event) => event.id);
    if (!isDeepStrictEqual(reader.at.seen, expected)) return `reader ${i} lost, repeated or reordered events`;
  }
  const from = random(all.length + 1);
  const after = from === 0 ? begin : (all[from - 1]?.position ?? START);
  const items = await collect(store, { after }, (seen) => seen.at(-1)?.kind === 'caughtUp');
  return isDeepStrictEqual(
    idsIn(items),
    all.slice(from).map((event) => event.id),
  )
    ? undefined
    : 'a subscription lost, repeated or reordered events';
}
