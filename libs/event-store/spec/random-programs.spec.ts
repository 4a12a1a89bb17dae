import { type EventStore, type ReadAllOptions } from '../src/event-store.port';
import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';
import { newStream } from './contract-events';
import { faultOfProgram } from './simulation/random-program';

/** Stores with one mistake each. */
const mistakes: readonly [string, (store: EventStore) => Partial<EventStore>][] = [
  [
    'a replay is written again',
    (store) => ({
      append: async (stream, expected, events) => {
        const result = await store.append(stream, expected, events);
        return result.replayed
          ? store.append(
              stream,
              'any',
              events.map((event) => ({ ...event, id: newStream('x').slice(2) })),
            )
          : result;
      },
    }),
  ],
  [
    'a replay is answered with the end of the stream',
    (store) => ({
      append: async (stream, expected, events) => {
        const result = await store.append(stream, expected, events);
        const read = await store.readStream(stream);
        return result.replayed && read.kind === 'found' ? { ...result, revision: read.lastRevision } : result;
      },
    }),
  ],
  [
    'exists is taken for any',
    (store) => ({
      append: (stream, expected, events) =>
        store.append(stream, expected === 'exists' ? 'any' : expected, events),
    }),
  ],
  [
    'a page ends one event too early',
    (store) => ({
      readAll: async (options) => {
        const page = await store.readAll(options);
        return page.events.length > 2 ? { ...page, events: page.events.slice(0, -1) } : page;
      },
    }),
  ],
  [
    'a checkpoint lies at the end of what was looked at',
    (store) => ({
      readAll: async (options) => ({
        ...(await store.readAll(options)),
        checkpoint: (await store.readAll({ ...options, limit: 10_000 })).checkpoint,
      }),
    }),
  ],
  [
    'a checkpoint stays at the last event that passed',
    (store) => ({
      readAll: async (options = {}) => {
        const page = await store.readAll(options);
        return { ...page, checkpoint: page.events.at(-2)?.position ?? page.checkpoint };
      },
    }),
  ],
  [
    'categories are forgotten when there are types',
    (store) => ({ readAll: (options) => store.readAll(withoutCategories(options)) }),
  ],
  [
    'a stream read backwards begins at the end',
    (store) => ({
      readStream: (stream, { from, ...options } = {}) =>
        store.readStream(stream, {
          ...options,
          ...(from === undefined || options.direction === 'backwards' ? {} : { from }),
        }),
    }),
  ],
  [
    'metadata comes back parsed and written anew',
    (store) => ({
      readAll: async (options) => {
        const page = await store.readAll(options);
        const anew = (text: string): string => JSON.stringify(JSON.parse(text));
        return { ...page, events: page.events.map((e) => ({ ...e, metadata: anew(e.metadata) })) };
      },
    }),
  ],
  [
    'a subscription repeats the event it begins after',
    (store) => ({
      subscribe: async function* (options) {
        let repeated = false;
        for await (const item of store.subscribe(options)) {
          yield item;
          if (item.kind === 'event' && !repeated) yield item;
          repeated = true;
        }
      },
    }),
  ],
];

function withoutCategories(options: ReadAllOptions = {}): ReadAllOptions {
  const { types } = options.filter ?? {};
  return types === undefined ? options : { ...options, filter: { types } };
}

describe('a random program against the model', () => {
  it.each(mistakes)('finds the mistake: %s', async (_, mistake) => {
    const store = createMemoryEventStore();
    const wrong: EventStore = { ...store, ...mistake(store) };
    let fault: string | undefined;
    for (let seed = 1; seed <= 300 && fault === undefined; seed += 1)
      fault = await faultOfProgram(wrong, seed).catch((error: unknown) => String(error));
    expect(fault).toEqual(expect.stringMatching(/append|read|stream|reader|subscription|events are shown/));
  });

  it('takes the same steps for the same seed', async () => {
    const wrong = (): EventStore => {
      const store = createMemoryEventStore();
      return { ...store, ...mistakes[2]?.[1](store) };
    };
    const faults = async (): Promise<(string | undefined)[]> =>
      Promise.all(Array.from({ length: 40 }, (_, seed) => faultOfProgram(wrong(), seed)));
    const first = await faults();
    expect(first.filter((fault) => fault !== undefined).length).toBeGreaterThan(3);
    expect(await faults()).toEqual(first);
  });
});
