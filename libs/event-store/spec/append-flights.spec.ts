import {
  AppendFlights,
  type AppendRequest,
  type AppendRow,
  type AppendTransport,
} from '../src/postgres/append-flights';
import { DeadlineExceeded, Unavailable } from '../src/event-store.errors';

const request = (stream: string, more: Partial<AppendRequest> = {}): AppendRequest => ({
  stream,
  expected: -1,
  link: null,
  events: [{ id: `id-${stream}`, type: 'T', data: '{}', metadata: '{}' }],
  call: {},
  ...more,
});
const ok = (r: AppendRequest): AppendRow => ({ kind: 'ok', revision: 0, position: r.stream });

/** Notes what leaves together; each flight lands when the specification says so. */
function airport(
  answer: (requests: readonly AppendRequest[]) => readonly AppendRow[] = (requests) => requests.map(ok),
  // A busy machine makes no flight of these specifications late.
  lateAfterMs = 60_000,
) {
  const departures: string[][] = [];
  const landings: (() => void)[] = [];
  const leave = (requests: readonly AppendRequest[]): Promise<readonly AppendRow[]> => {
    departures.push(requests.map((r) => r.stream));
    return new Promise((resolve, reject) => {
      landings.push(() => {
        try {
          resolve(answer(requests));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  };
  const transport: AppendTransport = { one: async (r) => (await leave([r]))[0]!, many: leave };
  const landAll = async (): Promise<void> => {
    for (await turn(); landings.length > 0; await turn()) landings.shift()?.();
  };
  return { flights: new AppendFlights(transport, lateAfterMs), departures, landAll };
}

/** Lets everything leave that may. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const streamsOf = (...numbers: readonly number[]): string[] => numbers.map((n) => `s-${n}`);
const upTo = (n: number): string[] => streamsOf(...Array.from({ length: n }, (_, i) => i + 1));

describe('concurrent appends of one process', () => {
  it('leave together, each with its own answer; a lone one leaves alone', async () => {
    const { flights, departures, landAll } = airport();
    const alone = flights.append(request('s-0'));
    await turn();
    const answers = Promise.all(upTo(5).map((s) => flights.append(request(s))));
    await turn();
    expect(departures).toEqual([['s-0']]);
    await landAll();
    expect(departures).toEqual([['s-0'], upTo(5)]);
    expect((await alone).position).toBe('s-0');
    expect((await answers).map((row) => row.position)).toEqual(upTo(5));
  });

  const again =
    (flights: AppendFlights) =>
    (name: string): Promise<AppendRow> =>
      flights.append(request(name)).then(() => flights.append(request(`${name}x`)));

  it('leave with one flight at a time while few wait', async () => {
    const { flights, departures, landAll } = airport();
    const asked = upTo(15).map(again(flights));
    await landAll();
    await Promise.all(asked);
    expect(departures.map((streams) => streams.length)).toEqual([1, 15, 14]);
  });

  it('are shared evenly between two flights when many are under way', async () => {
    const { flights, departures, landAll } = airport();
    const asked = upTo(100).map(again(flights));
    await landAll();
    await Promise.all(asked);
    expect(departures.map((streams) => streams.length)).toEqual([1, 16, 50, 50, 50, 33]);
  });

  it('pass flights that are late, but not without bound', async () => {
    const { flights, departures, landAll } = airport(undefined, 10);
    const asked: Promise<AppendRow>[] = [];
    const arrive = async (n: number): Promise<void> => {
      asked.push(flights.append(request(`s-${n}`)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    for (const n of [1, 2, 3, 4, 5]) await arrive(n);
    expect(departures).toEqual([['s-1'], ['s-2'], ['s-3']]);
    await landAll();
    await Promise.all(asked);
    expect(departures).toEqual([['s-1'], ['s-2'], ['s-3'], ['s-4', 's-5']]);
  });

  it('to one stream never share a flight, nor do those that accept any revision', async () => {
    const { flights, departures, landAll } = airport();
    const asked = streamsOf(0, 1, 2, 2, 3).map((s) => flights.append(request(s)));
    asked.push(flights.append(request('s-4', { expected: -3 })));
    await landAll();
    await Promise.all(asked);
    expect(departures).toEqual([['s-0'], ['s-1', 's-2', 's-3'], ['s-2'], ['s-4']]);
  });

  it('keep to 500 events and a million bytes in a flight', async () => {
    const { flights, departures, landAll } = airport();
    const many = Array.from({ length: 300 }, (_, i) => ({
      id: String(i),
      type: 'T',
      data: '1',
      metadata: '1',
    }));
    const large = [{ id: 'x', type: 'T', data: JSON.stringify('x'.repeat(999_990)), metadata: '1' }];
    const asked = [flights.append(request('s-0'))];
    for (const [i, events] of [many, many, large].entries())
      asked.push(flights.append(request(`s-${i + 1}`, { events })));
    asked.push(flights.append(request('s-4')));
    await landAll();
    await Promise.all(asked);
    expect(departures).toEqual([['s-0'], ['s-1', 's-4'], ['s-2'], ['s-3']]);
  });

  it('fail together when the store is away, but a statement that can never succeed fails only its causer', async () => {
    const away = airport((requests) => {
      if (requests.length > 1) throw new Unavailable('away');
      return requests.map(ok);
    });
    const asked = upTo(4).map((s) => away.flights.append(request(s)).catch((error: unknown) => error));
    await away.landAll();
    expect((await Promise.all(asked)).map((a) => a instanceof Unavailable)).toEqual([
      false,
      true,
      true,
      true,
    ]);

    const poisoned = airport((requests) => {
      if (requests.some((r) => r.stream === 's-4')) throw new RangeError('poison');
      return requests.map(ok);
    });
    const others = upTo(5).map((s) => poisoned.flights.append(request(s)).catch((error: unknown) => error));
    await poisoned.landAll();
    expect((await Promise.all(others)).map((a) => a instanceof RangeError)).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('end at their own deadline, and do not leave after it', async () => {
    const { flights, departures, landAll } = airport();
    const first = flights.append(request('s-1'));
    await turn();
    await expect(flights.append(request('s-2', { call: { deadlineMs: 1 } }))).rejects.toBeInstanceOf(
      DeadlineExceeded,
    );
    await landAll();
    await first;
    expect(departures).toEqual([['s-1']]);
  });
});
