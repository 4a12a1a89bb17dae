import { eventually } from '@balagh/testing';
import { type Pool } from 'pg';
import { WakeUpChannel } from '../src/postgres/wake-up-channel';
import { createWakeUp } from '../src/wake-up';

/** Each hint is a query that is answered when the specification says so. */
function hints() {
  const answers: (() => void)[] = [];
  let sent = 0;
  const named: string[] = [];
  const tell = (payload: string): Promise<void> =>
    new Promise((resolve) => {
      sent += 1;
      named.push(payload);
      answers.push(resolve);
    });
  const channel = new WakeUpChannel({} as Pool, createWakeUp(), undefined, tell);
  return { channel, named, sent: () => sent, answer: () => answers.shift()?.() };
}

const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('the hint to other processes', () => {
  it('is given up when nobody answers, and the next one is sent', async () => {
    let asked = 0;
    const silent = { connect: () => ((asked += 1), new Promise(() => undefined)) } as unknown as Pool;
    const channel = new WakeUpChannel(silent, createWakeUp(), 30);
    channel.appended(['CaseRouted']);
    await eventually(() => asked === 1);
    channel.appended(['CaseRouted']);
    await eventually(() => asked === 2);
    channel.close();
  });

  it('stands for all appends until it is sent', async () => {
    const { channel, sent } = hints();
    for (let i = 0; i < 50; i += 1) channel.appended(['CaseRouted']);
    await moment();
    expect(sent()).toBe(1);
    channel.close();
  });

  it('is owed again for what was appended while one is on its way, one at a time', async () => {
    const { channel, sent, answer } = hints();
    channel.appended(['CaseRouted']);
    await eventually(() => sent() === 1);
    for (let i = 0; i < 50; i += 1) channel.appended(['CaseRouted']);
    await moment();
    expect(sent()).toBe(1);
    answer();
    await eventually(() => sent() === 2);
    answer();
    await moment();
    expect(sent()).toBe(2);
    channel.close();
  });

  it('becomes rare where its answers are slow, and hardly waits where they are not', async () => {
    jest.useFakeTimers();
    const sentIn400 = async (answerAfterMs: number): Promise<number> => {
      const { channel, sent, answer } = hints();
      let answered = 0;
      for (let ms = 0; ms < 400; ms += 1) {
        channel.appended(['CaseRouted']);
        for (; answered < sent(); answered += 1) setTimeout(answer, answerAfterMs);
        await jest.advanceTimersByTimeAsync(1);
      }
      channel.close();
      return sent();
    };
    const rates = [
      await sentIn400(0),
      await sentIn400(1),
      await sentIn400(3),
      await sentIn400(12),
      await sentIn400(40),
    ];
    jest.useRealTimers();
    // Every third millisecond, also where an answer takes one; a debt of 18 ms each; of 126; of 250, which is the bound. The credit of 100 goes before.
    expect(rates[0]).toBeGreaterThan(95);
    expect(rates[1]).toBeGreaterThan(95);
    expect(rates[2]).toBeGreaterThan(20);
    expect(rates[2]).toBeLessThan(40);
    expect([3, 4, 5]).toContain(rates[3]);
    expect([2, 3]).toContain(rates[4]);
  });

  it('names the types of what was appended since the last one, each once', async () => {
    const { channel, named, answer } = hints();
    channel.appended(['CaseOpened', 'FormFilled']);
    await eventually(() => named.length === 1);
    for (const types of [['CaseRouted'], ['CaseRouted', 'CaseClosed']]) channel.appended(types);
    answer();
    await eventually(() => named.length === 2);
    expect(named).toEqual(['CaseOpened,FormFilled', 'CaseRouted,CaseClosed']);
    channel.close();
  });

  it('names none when they are too many for one notification', async () => {
    const { channel, named } = hints();
    channel.appended(Array.from({ length: 100 }, (_, n) => `Type${n}${'x'.repeat(90)}`));
    await eventually(() => named.length === 1);
    expect(named).toEqual(['']);
    channel.close();
  });
});

describe('the connection that listens', () => {
  it('is given up when nobody answers its first word, and another is taken', async () => {
    const givenUp: unknown[] = [];
    const silent = (): object => ({
      on: () => undefined,
      removeAllListeners: () => undefined,
      query: () => new Promise(() => undefined),
      release: (destroyed: unknown) => givenUp.push(destroyed),
    });
    const channel = new WakeUpChannel(
      { connect: async () => silent() } as unknown as Pool,
      createWakeUp(),
      30,
    );
    channel.listen();
    await eventually(() => givenUp.length === 2);
    expect(givenUp).toEqual([true, true]);
    channel.close();
  });
});

describe('a sleeper', () => {
  const ended = new AbortController();
  const never = ended.signal;
  afterAll(() => ended.abort());
  const within = async (waiting: Promise<void>): Promise<'woken' | 'asleep'> =>
    Promise.race([waiting.then(() => 'woken' as const), moment().then(() => 'asleep' as const)]);

  it('is woken by what may concern it: its types, or a signal that names none', async () => {
    const wakeUp = createWakeUp();
    const since = wakeUp.count();
    const mine = (): Promise<void> => wakeUp.wait(since, 5_000, never, ['CaseRouted', 'CaseClosed']);
    const sleeping = mine();
    wakeUp.signal(['MessageAccepted']);
    expect(await within(sleeping)).toBe('asleep');
    expect(await within(mine())).toBe('asleep');
    wakeUp.signal(['FormFilled', 'CaseClosed']);
    expect(await within(sleeping)).toBe('woken');
    const later = wakeUp.wait(wakeUp.count(), 5_000, never, ['CaseRouted']);
    wakeUp.signal();
    expect(await within(later)).toBe('woken');
  });

  it('does not miss what was signalled before it slept, and one of all types is woken by any', async () => {
    const wakeUp = createWakeUp();
    const since = wakeUp.count();
    wakeUp.signal(['CaseRouted']);
    expect(await within(wakeUp.wait(since, 5_000, never, ['CaseRouted']))).toBe('woken');
    expect(await within(wakeUp.wait(since, 5_000, never))).toBe('woken');
    expect(await within(wakeUp.wait(wakeUp.count(), 5_000, never, ['CaseRouted']))).toBe('asleep');
  });

  it('is woken when types are too many to be told apart', async () => {
    const wakeUp = createWakeUp();
    const sleeping = wakeUp.wait(wakeUp.count(), 5_000, never, ['CaseRouted']);
    for (let n = 0; n < 1_001; n += 1) wakeUp.signal([`Type${n}`]);
    expect(await within(sleeping)).toBe('woken');
  });
});
