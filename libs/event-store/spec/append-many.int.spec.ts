import { randomUUID } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { eventHash } from '../src/case-streams/chain';
import { type EventStore } from '../src/event-store.port';
import { type AppendRequest } from '../src/postgres/append-flights';
import { appendTransport } from '../src/postgres/append-transport';
import { createPostgresEventStore } from '../src/postgres/postgres-event-store.adapter';
import { migrateEventStore } from '../src/postgres/migrate-event-store';
import { conflictOf, eventsOf, refusalOf, sizedEvent, someEvent, someEvents } from './contract-events';

let database: TestDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await testDatabase();
  await migrateEventStore(database.pool);
  store = createPostgresEventStore({ connectionString: database.url });
});

afterAll(async () => {
  await store.close();
  await database.close();
});

const stream = (): string => `spec-${randomUUID()}`;
const request = (name: string, expected: number, more: Partial<AppendRequest> = {}): AppendRequest => ({
  stream: name,
  expected,
  link: null,
  events: [someEvent()],
  call: {},
  ...more,
});

describe('several appends in one statement', () => {
  it('are judged one by one', async () => {
    const [fresh, taken, grown, linked, unlinked, stale, repeated] = Array.from({ length: 7 }, stream) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    for (const name of [taken, grown, linked, unlinked, stale])
      await store.append(name, 'none', someEvents(2));
    const sent = someEvents(2);
    await store.append(repeated, 'none', sent);
    const head = await store.readStream(linked, { headHash: true });
    const link = head.kind === 'found' ? (head.headHash ?? '') : '';
    const rows = await appendTransport(database.pool).many([
      request(fresh, -1, { events: someEvents(3) }),
      request(taken, -1),
      request(grown, 1),
      request(linked, 1, { link }),
      request(unlinked, 1, { link: '0'.repeat(64) }),
      request(stale, 0),
      request(repeated, -1, { events: sent }),
    ]);
    expect(rows.map(({ kind, revision }) => [kind, revision])).toEqual([
      ['ok', 2],
      ['conflict', 1],
      ['ok', 2],
      ['ok', 2],
      ['broken_link', 1],
      ['conflict', 1],
      ['replayed', 1],
    ]);
    for (const name of [fresh, grown, linked]) {
      const read = await store.readStream(name, { headHash: true });
      if (read.kind === 'missing') throw new Error('missing');
      expect(read.events.map((e) => e.revision)).toEqual([0, 1, 2]);
      expect(read.headHash).toBe(eventHash(read.events[2]!));
    }
  });

  it('keep every byte', async () => {
    const name = stream();
    const texts = [
      '{ "بلاغ" : "\\u0645 🚰" }',
      '{"q":"\\"\\\\u0000\\n"}',
      '{"n":12345678901234567890.50}',
      '"\t"'.replace('\t', '\\t'),
    ];
    const events = texts.map((data) => ({ ...someEvent(data), metadata: data }));
    await appendTransport(database.pool).many([request(name, -1, { events }), request(stream(), -1)]);
    const read = await store.readStream(name);
    expect(read.kind === 'found' && read.events.map((e) => [e.data, e.metadata])).toEqual(
      texts.map((text) => [text, text]),
    );
  });

  it('of two processes to the same streams end without a deadlock, each revision won once', async () => {
    const other = createPostgresEventStore({ connectionString: database.url });
    const names = Array.from({ length: 20 }, stream);
    const outcomes: (number | undefined | 'no conflict')[] = [];
    for (let round = -1; round < 4; round += 1) {
      const expected = round === -1 ? 'none' : round;
      const appends = [...names, ...[...names].reverse()].map((name, i) =>
        conflictOf((i % 2 === 0 ? store : other).append(name, expected, [someEvent()])),
      );
      outcomes.push(...(await Promise.all(appends)));
    }
    expect(outcomes.filter((o) => o === 'no conflict')).toHaveLength(100);
    for (const name of names)
      expect(await store.readStream(name, { limit: 1 })).toMatchObject({ lastRevision: 4 });
    await other.close();
  });

  it.each([
    ['alone', 0],
    ['beside others', 3],
  ])(
    'tell, %s, what a refused one missed, byte for byte, as far as it belongs into an answer',
    async (_, others) => {
      const name = stream();
      const odd = '{"a":"حيا \\"للمياه\\" \u202e\\\\ \\u0007","b":1.0,"b":[ ]}';
      await store.append(name, 'none', [someEvent(), someEvent(odd), ...someEvents(19)]);
      const appendTo = (expected: number) => {
        const beside = Array.from({ length: others }, () => store.append(stream(), 'none', [someEvent()]));
        return Promise.all([refusalOf(store.append(name, expected, [someEvent()])), ...beside]);
      };
      const [{ missed, actual }] = await appendTo(0);
      expect(actual).toBe(20);
      expect(missed).toEqual((await eventsOf(store, name)).slice(1));
      expect(missed?.[0]?.data).toBe(odd);
      await store.append(name, 20, [sizedEvent(100_001)]);
      expect((await appendTo(0))[0]).toMatchObject({ actual: 21, missed: undefined });
      expect((await appendTo(20))[0]).toMatchObject({ actual: 21, missed: undefined });
    },
  );
});
