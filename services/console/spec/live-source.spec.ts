import { followLive } from '../src/api/live-source';

jest.useFakeTimers();

function opened() {
  const streams: { say: (type: string, data?: string) => void; close: jest.Mock }[] = [];
  const [changed, missed] = [jest.fn(), jest.fn()];
  const end = followLive({
    open: () => {
      const listeners = new Map<string, (event: { data?: unknown }) => void>();
      const stream = {
        addEventListener: (type: string, listener: (event: { data?: unknown }) => void) =>
          void listeners.set(type, listener),
        say: (type: string, data?: string) => listeners.get(type)?.({ data }),
        close: jest.fn(),
      };
      streams.push(stream);
      return stream;
    },
    changed,
    missed,
  });
  return { streams, changed, missed, end, last: () => streams.at(-1)! };
}

it('a stream that ends or is refused is opened again, with pauses that grow to a minute', () => {
  const live = opened();
  const pauses = [1, 2, 4, 8, 16, 32, 60, 60];
  for (const [i, seconds] of pauses.entries()) {
    live.last().say('error');
    expect(live.last().close).toHaveBeenCalled();
    jest.advanceTimersByTime(seconds * 1_000 - 1);
    expect(live.streams).toHaveLength(i + 1);
    jest.advanceTimersByTime(1);
    expect(live.streams).toHaveLength(i + 2);
  }
  live.last().say('hello');
  jest.advanceTimersByTime(60_000);
  live.last().say('error');
  jest.advanceTimersByTime(1_000);
  expect(live.streams).toHaveLength(pauses.length + 2);
  live.end();
});

it('what was missed is read once after each connection but the first', () => {
  const live = opened();
  live.last().say('hello');
  live.last().say('case', '{"caseId":"c1"}');
  expect([live.changed.mock.calls, live.missed.mock.calls]).toEqual([[['c1']], []]);
  live.last().say('error');
  jest.advanceTimersByTime(1_000);
  expect(live.missed).not.toHaveBeenCalled();
  live.last().say('hello');
  expect(live.missed).toHaveBeenCalledTimes(1);
  live.end();
});

it('what was missed is read, too, when the first connection comes about late', () => {
  const live = opened();
  live.last().say('error');
  jest.advanceTimersByTime(1_000);
  live.last().say('hello');
  expect(live.missed).toHaveBeenCalledTimes(1);
  live.end();
});

it('nothing is opened any more once nobody follows', () => {
  const live = opened();
  live.last().say('error');
  live.end();
  jest.advanceTimersByTime(120_000);
  expect(live.streams).toHaveLength(1);
});
