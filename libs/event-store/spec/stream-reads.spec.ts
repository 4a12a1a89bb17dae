import { DeadlineExceeded, Unavailable } from '../src/event-store.errors';
import { type RecordedEvent } from '../src/event-store.port';
import { type ReadRequest, StreamReads } from '../src/postgres/stream-reads';

const request = (stream: string, call: ReadRequest['call'] = {}): ReadRequest => ({
  stream,
  limit: 10,
  call,
});
const eventOf = (stream: string): RecordedEvent => ({ stream }) as unknown as RecordedEvent;

/** Notes what leaves together; each flight lands, or fails, when the specification says so. */
function airport() {
  const departures: string[][] = [];
  const landings: { land: () => void; crash: (error: unknown, answered?: number) => void }[] = [];
  const reads = new StreamReads((requests, settle) => {
    departures.push(requests.map(({ stream }) => stream));
    return new Promise((resolve, reject) => {
      const answer = (n: number): void =>
        requests.slice(0, n).forEach(({ stream }, place) => settle(place, [eventOf(stream)]));
      landings.push({
        land: () => (answer(requests.length), resolve()),
        crash: (error, answered = 0) => (answer(answered), reject(error as Error)),
      });
    });
  });
  return { reads, departures, landings };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const streams = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `s-${from + i}`);

describe('concurrent reads of one process', () => {
  it('leave together when they are asked for in one turn, each with its own answer', async () => {
    const { reads, departures, landings } = airport();
    const answers = Promise.all(streams(1, 3).map((stream) => reads.read(request(stream))));
    await turn();
    expect(departures).toEqual([streams(1, 3)]);
    landings[0]?.land();
    expect(await answers).toEqual(streams(1, 3).map((stream) => [eventOf(stream)]));
  });

  it('leave alone when nothing else is asked for, and wait when two flights are in the air', async () => {
    const { reads, departures, landings } = airport();
    const answers: Promise<unknown>[] = [];
    for (const stream of streams(1, 4)) {
      answers.push(reads.read(request(stream)));
      await Promise.resolve();
    }
    await turn();
    expect(departures).toEqual([['s-1'], ['s-2']]);
    landings[0]?.land();
    await turn();
    expect(departures).toEqual([['s-1'], ['s-2'], ['s-3', 's-4']]);
    landings.forEach(({ land }) => land());
    await Promise.all(answers);
  });

  it('are eight to a flight', async () => {
    const { reads, departures, landings } = airport();
    const answers = streams(1, 20).map((stream) => reads.read(request(stream)));
    await turn();
    expect(departures).toEqual([streams(1, 8), streams(9, 16)]);
    landings[1]?.land();
    await turn();
    expect(departures[2]).toEqual(streams(17, 20));
    landings.forEach(({ land }) => land());
    await Promise.all(answers);
  });

  it('pass a flight that is late', async () => {
    const { reads, departures, landings } = airport();
    const slow = streams(1, 16).map((stream) => reads.read(request(stream)));
    await turn();
    const other = reads.read(request('s-17'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(departures[2]).toEqual(['s-17']);
    landings.forEach(({ land }) => land());
    await Promise.all([...slow, other]);
  });

  it('fail together when the store is away, those answered by then excepted', async () => {
    const { reads, departures, landings } = airport();
    const answers = Promise.allSettled(streams(1, 3).map((stream) => reads.read(request(stream))));
    await turn();
    landings[0]?.crash(new Unavailable('away'), 1);
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(departures).toHaveLength(1);
  });

  it('fly alone after a statement that can never succeed: its causer alone hears of it', async () => {
    const { reads, departures, landings } = airport();
    const answers = Promise.allSettled(streams(1, 3).map((stream) => reads.read(request(stream))));
    await turn();
    landings[0]?.crash(new Error('never'), 1);
    await turn();
    landings[1]?.crash(new Error('never'));
    await turn();
    landings[2]?.land();
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(departures).toEqual([streams(1, 3), ['s-2'], ['s-3']]);
  });

  it('that were given up are not asked for again after it', async () => {
    const { reads, departures, landings } = airport();
    const controller = new AbortController();
    const answers = Promise.allSettled([
      reads.read(request('s-1')),
      reads.read(request('s-2', { signal: controller.signal })),
      reads.read(request('s-3')),
    ]);
    await turn();
    controller.abort();
    landings[0]?.crash(new Error('never'));
    await turn();
    landings[1]?.crash(new Error('never'));
    await turn();
    landings[2]?.land();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(departures).toEqual([streams(1, 3), ['s-1'], ['s-3']]);
  });

  it('end at their own deadline, aboard or waiting, and do not leave after it', async () => {
    const { reads, departures, landings } = airport();
    const aboard = streams(1, 16).map((stream) => reads.read(request(stream, { deadlineMs: 5 })));
    const controller = new AbortController();
    const waiting = reads.read(request('s-17', { signal: controller.signal }));
    controller.abort();
    for (const read of [...aboard, waiting]) await expect(read).rejects.toBeInstanceOf(DeadlineExceeded);
    landings.forEach(({ land }) => land());
    await turn();
    expect(departures).toEqual([streams(1, 8), streams(9, 16)]);
  });
});
