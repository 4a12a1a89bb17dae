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
    while (landings.length > 0) {
      landings.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { flights: new AppendFlights(transport), departures, landAll };
}

describe('concurrent appends of one process', () => {
  it('leave alone at once while a flight is free, and together afterwards, each with its own answer', async () => {
    const { flights, departures, landAll } = airport();
    const answers = Promise.all(['s-1', 's-2', 's-3', 's-4', 's-5'].map((s) => flights.append(request(s))));
    expect(departures).toEqual([['s-1'], ['s-2']]);
    await landAll();
    expect(departures).toEqual([['s-1'], ['s-2'], ['s-3', 's-4', 's-5']]);
    expect((await answers).map((row) => row.position)).toEqual(['s-1', 's-2', 's-3', 's-4', 's-5']);
  });

  it('to one stream never share a flight, nor do those that accept any revision', async () => {
    const { flights, departures, landAll } = airport();
    const asked = ['s-1', 's-2', 's-3', 's-3', 's-4'].map((s) => flights.append(request(s)));
    asked.push(flights.append(request('s-5', { expected: -3 })));
    await landAll();
    await Promise.all(asked);
    expect(departures.slice(2)).toEqual([['s-3', 's-4'], ['s-3'], ['s-5']]);
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
    const asked = ['s-1', 's-2'].map((s) => flights.append(request(s)));
    asked.push(
      flights.append(request('s-3', { events: many })),
      flights.append(request('s-4', { events: many })),
    );
    asked.push(flights.append(request('s-5', { events: large })), flights.append(request('s-6')));
    await landAll();
    await Promise.all(asked);
    expect(departures.slice(2)).toEqual([['s-3', 's-6'], ['s-4'], ['s-5']]);
  });

  it('fail together when the store is away, but a statement that can never succeed fails only its causer', async () => {
    const away = airport((requests) => {
      if (requests.length > 1) throw new Unavailable('away');
      return requests.map(ok);
    });
    const asked = ['s-1', 's-2', 's-3', 's-4'].map((s) =>
      away.flights.append(request(s)).catch((error: unknown) => error),
    );
    await away.landAll();
    expect((await Promise.all(asked)).map((a) => a instanceof Unavailable)).toEqual([
      false,
      false,
      true,
      true,
    ]);

    const poisoned = airport((requests) => {
      if (requests.some((r) => r.stream === 's-4')) throw new RangeError('poison');
      return requests.map(ok);
    });
    const others = ['s-1', 's-2', 's-3', 's-4', 's-5'].map((s) =>
      poisoned.flights.append(request(s)).catch((error: unknown) => error),
    );
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
    const asked = ['s-1', 's-2', 's-3'].map((s) =>
      flights.append(request(s, { call: { deadlineMs: s === 's-3' ? 5 : 1_000 } })),
    );
    await expect(asked[2]).rejects.toBeInstanceOf(DeadlineExceeded);
    await landAll();
    await Promise.all(asked.slice(0, 2));
    expect(departures).toEqual([['s-1'], ['s-2']]);
  });
});
