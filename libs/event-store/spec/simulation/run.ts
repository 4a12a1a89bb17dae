import { type ModelEvent, type Mutation, OrderedLog } from './ordered-log.model';
import { type Random, randomOf } from './random-of';

interface Actor {
  steps: Generator<void, void>;
  readonly restart: () => Generator<void, void>;
  done: boolean;
}

interface World {
  readonly log: OrderedLog;
  readonly random: Random;
  readonly acknowledged: {
    readonly begun: number;
    readonly at: number;
    readonly events: readonly ModelEvent[];
  }[];
  now: number;
}

const streams = ['a', 'b', 'c'];
const maxSteps = 20_000;

/** Runs writers, readers and crashes in one order of steps; answers what is wrong in the end, or undefined. */
export function faultOfRun(seed: number, mutation: Mutation = 'none'): string | undefined {
  const random = randomOf(seed);
  const world: World = { log: new OrderedLog(mutation), random, acknowledged: [], now: 0 };
  let writing = 2 + random(4);
  const writers = Array.from({ length: writing }, (_, i) =>
    actor(() => writer(world, `w${i}`, 2 + random(4), () => (writing -= 1))),
  );
  const readers = Array.from({ length: 1 + random(2) }, () => readerOf(world, () => writing > 0));
  const actors = [...writers, ...readers.map((reader) => reader.actor)];
  let crashes = random(3);
  for (; world.now < maxSteps && actors.some((a) => !a.done); world.now += 1) {
    if (crashes > 0 && random(150) === 0) {
      crashes -= 1;
      world.log.crash(random);
      for (const each of actors) if (!each.done) each.steps = each.restart();
    }
    const alive = actors.filter((a) => !a.done);
    const next = alive[random(alive.length)];
    if (next !== undefined) next.done = next.steps.next().done === true;
  }
  if (actors.some((a) => !a.done)) return 'somebody waits for ever';
  return faultOfStreams(world) ?? faultOfOrder(world) ?? faultOfReaders(world, readers);
}

function actor(restart: () => Generator<void, void>): Actor {
  return { steps: restart(), restart, done: false };
}

/** After a crash it begins again with the same ids, as a client does that had no answer. */
function* writer(world: World, name: string, appends: number, ended: () => void): Generator<void, void> {
  const { log, random } = world;
  for (let n = 0; n < appends; n += 1) {
    const parts = streams.slice(random(3)).slice(0, 1 + random(2));
    for (let attempt = 0; ; attempt += 1) {
      const ids = parts.map((stream, p) =>
        Array.from({ length: 1 + (n % 3) }, (_, i) => `${name}.${n}.${p}.${i}`),
      );
      if (ids.some((own) => own.some((id) => log.has(id)))) break;
      const begun = world.now;
      const asked = parts.map((stream, p) => ({
        stream,
        expected: log.revisionOf(stream),
        ids: ids[p] ?? [],
      }));
      yield;
      const events = yield* log.append(asked, random(6) === 0 && attempt === 0);
      if (events !== undefined) {
        world.acknowledged.push({ begun, at: world.now, events });
        break;
      }
    }
    yield;
  }
  ended();
}

interface Reader {
  readonly actor: Actor;
  readonly seen: ModelEvent[];
}

/** Remembers its checkpoint with what it saw; goes on from there after a crash. */
function readerOf({ log, random }: World, writersLeft: () => boolean): Reader {
  const seen: ModelEvent[] = [];
  const limit = 1 + random(5);
  let after = 0;
  function* follow(): Generator<void, void> {
    for (;;) {
      const last = !writersLeft();
      const { events, checkpoint } = yield* log.read(after, limit);
      seen.push(...events);
      const moved = checkpoint > after;
      after = checkpoint;
      if (last && !moved) return;
      yield;
    }
  }
  return { actor: actor(follow), seen };
}

function faultOfStreams({ log }: World): string | undefined {
  for (const stream of streams) {
    const revisions = log.events.filter((event) => event.stream === stream).map((event) => event.revision);
    if (revisions.some((revision, i) => revision !== i)) return `stream ${stream} is ${revisions.join()}`;
  }
  const ids = log.events.map((event) => event.id);
  return new Set(ids).size === ids.length ? undefined : 'an event was stored twice';
}

/** What begins after an acknowledgement stands behind it. */
function faultOfOrder({ acknowledged }: World): string | undefined {
  for (const earlier of acknowledged) {
    for (const later of acknowledged) {
      if (later.begun <= earlier.at) continue;
      const highest = Math.max(...earlier.events.map((event) => event.position));
      if (later.events.some((event) => event.position <= highest))
        return 'order after acknowledgement is broken';
    }
  }
  return undefined;
}

function faultOfReaders({ log }: World, readers: readonly Reader[]): string | undefined {
  const stored = log.events.map((event) => event.id).join();
  for (const { seen } of readers) {
    const ids = seen.map((event) => event.id);
    if (new Set(ids).size !== ids.length) return 'a reader saw an event twice';
    if (ids.join() !== stored) return 'a reader missed an event or saw it out of order';
  }
  return undefined;
}
