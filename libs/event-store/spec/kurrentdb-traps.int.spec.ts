import { type EventStore } from '../src/event-store.port';
import { createKurrentDbEventStore } from '../src/kurrentdb/kurrentdb-event-store.adapter';
import { collect, endOf, eventsOf, idsIn, newStream, someEvent, someEvents } from './contract-events';
import { openFaultyLine } from './faulty-line';
import { type StandIn, startStandIn } from './kurrentdb-stand-in/stand-in';
import { StandInLog } from './kurrentdb-stand-in/stand-in-log';

jest.setTimeout(30_000);

let standIn: StandIn;
let store: EventStore;
const open = (port = standIn.port): EventStore =>
  createKurrentDbEventStore({ connectionString: `kurrentdb://127.0.0.1:${port}?tls=false` });

beforeEach(async () => {
  standIn = await startStandIn(new StandInLog());
  store = open();
});

afterEach(async () => {
  await store.close();
  standIn.stop();
});

describe('what the KurrentDB client would do', () => {
  it('appends are single calls with deadlines, never the shared batch stream that knows none', async () => {
    for (let i = 0; i < 5; i += 1) await store.append(newStream(), 'none', someEvents(2));
    expect(standIn.calls).toMatchObject({ append: 5, batchAppend: 0 });
  });

  it('300 first appends at once on a cold connection are all answered', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, () => store.append(newStream(), 'any', [someEvent()])),
    );
    expect(outcomes.map((o) => o.revision)).toEqual(outcomes.map(() => 0));
    expect(standIn.log.events).toHaveLength(300);
  }, 20_000);

  it.each([
    [
      'whose failures would report wrong revisions',
      'kurrentdb://127.0.0.1:1?tls=false&throwOnAppendFailure=false',
    ],
    ['with TLS but without user, whose appends could have no deadline', 'kurrentdb://127.0.0.1:1'],
  ])('a connection %s is refused', (_, connectionString) => {
    expect(() => createKurrentDbEventStore({ connectionString })).toThrow(TypeError);
  });

  it('user and password are not sent without TLS: rights need a server with TLS', async () => {
    const url = `kurrentdb://admin:changeit@127.0.0.1:${standIn.port}?tls=false`;
    const named = createKurrentDbEventStore({ connectionString: url });
    await named.append(newStream(), 'none', [someEvent()]);
    expect(standIn.calls).toMatchObject({ append: 1, withUser: 0 });
    await named.close();
  });

  it('metadata comes back as it was written, though the client parses it', async () => {
    const stream = newStream();
    const metadata = '{ "b":1.0, "a":12345678901234567890 }';
    await store.append(stream, 'none', [{ ...someEvent(), metadata }]);
    expect((await eventsOf(store, stream))[0]?.metadata).toBe(metadata);
    expect(standIn.log.events[0]?.contentType).toBe('application/octet-stream');
  });

  it('the store’s time is there for operators, in RFC 3339', async () => {
    const stream = newStream();
    const before = Date.now();
    await store.append(stream, 'none', [someEvent()]);
    const storedAt = (await eventsOf(store, stream))[0]?.storedAt ?? '';
    expect(new Date(storedAt).toISOString()).toBe(storedAt);
    expect(Math.abs(Date.parse(storedAt) - before)).toBeLessThan(60_000);
  });

  it('an idempotent answer without a position gets the position of the first copy', async () => {
    const stream = newStream();
    const event = someEvent();
    const { position } = await store.append(stream, 'any', [event]);
    expect(await store.append(stream, 'any', [event])).toEqual({ revision: 0, position, replayed: true });
    expect(standIn.log.events).toHaveLength(1);
  });
});

describe('the store’s own events', () => {
  it('are never shown: system streams, statistics, links', async () => {
    const after = await endOf(store);
    const system = { ...someEvent(), contentType: 'application/json' };
    const own = {
      ...system,
      data: new TextEncoder().encode('{}'),
      metadata: new TextEncoder().encode('{}'),
    };
    standIn.log.append('$stats-127.0.0.1:2113', 'any', [{ ...own, type: '$statsCollected' }]);
    standIn.log.append('$$case-1', 'any', [{ ...own, id: newStream().slice(5), type: '$metadata' }]);
    standIn.log.append('case-1', 'any', [{ ...own, id: newStream().slice(5), type: '$>' }]);
    const ours = someEvent();
    await store.append(newStream(), 'none', [ours]);
    const items = await collect(store, { after }, (seen) => seen.at(-1)?.kind === 'caughtUp');
    expect(idsIn(items)).toEqual([ours.id]);
    expect((await store.readAll({ after, filter: { types: ['$metadata', '$>'] } })).events).toEqual([]);
  });
});

describe('a search that takes too long', () => {
  it('is left for a window, so that the checkpoint moves at every call', async () => {
    for (let i = 0; i < 5; i += 1) await store.append(newStream('bulk'), 'none', someEvents(500));
    const rare = someEvent('1', 'Rare');
    const { position } = await store.append(newStream(), 'none', [rare]);
    standIn.searchDelayMs = 60_000;
    const checkpoints: string[] = [''];
    const seen: string[] = [];
    while (checkpoints.at(-1) !== position && checkpoints.length < 10) {
      const after = checkpoints.at(-1) ?? '';
      const page = await store.readAll({ after, filter: { types: ['Rare'] }, deadlineMs: 4_000 });
      expect(page.checkpoint > after).toBe(true);
      checkpoints.push(page.checkpoint);
      seen.push(...page.events.map((e) => e.id));
    }
    expect(seen).toEqual([rare.id]);
    expect(checkpoints.length).toBeLessThanOrEqual(5);
  });
});

describe('a connection that went silent', () => {
  it('is replaced by another at the next call', async () => {
    const line = await openFaultyLine({ host: '127.0.0.1', port: standIn.port });
    const through = open(line.port);
    const stream = newStream();
    await through.append(stream, 'none', [someEvent()]);
    line.set('blackhole');
    await expect(through.readStream(stream, { deadlineMs: 200 })).rejects.toMatchObject({
      code: 'STORE_DEADLINE_EXCEEDED',
    });
    line.set('through');
    expect(await through.readStream(stream, { deadlineMs: 3_000 })).toMatchObject({ lastRevision: 0 });
    expect(await through.append(stream, 0, [someEvent()], { deadlineMs: 3_000 })).toMatchObject({
      revision: 1,
    });
    await through.close();
    await line.close();
  });
});
