import { eventually } from '@balagh/testing';
import { type Pool } from 'pg';
import { WakeUpChannel } from '../src/postgres/wake-up-channel';
import { createWakeUp } from '../src/wake-up';

/** Each hint is a query that is answered when the specification says so. */
function hints() {
  const answers: (() => void)[] = [];
  let sent = 0;
  const pool = {
    query: () =>
      new Promise<void>((resolve) => {
        sent += 1;
        answers.push(resolve);
      }),
  };
  const channel = new WakeUpChannel(pool as unknown as Pool, createWakeUp());
  return { channel, sent: () => sent, answer: () => answers.shift()?.() };
}

const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('the hint to other processes', () => {
  it('stands for all appends until it is sent', async () => {
    const { channel, sent } = hints();
    for (let i = 0; i < 50; i += 1) channel.appended();
    await moment();
    expect(sent()).toBe(1);
    channel.close();
  });

  it('is owed again for what was appended while one is on its way, one at a time', async () => {
    const { channel, sent, answer } = hints();
    channel.appended();
    await eventually(() => sent() === 1);
    for (let i = 0; i < 50; i += 1) channel.appended();
    await moment();
    expect(sent()).toBe(1);
    answer();
    await eventually(() => sent() === 2);
    answer();
    await moment();
    expect(sent()).toBe(2);
    channel.close();
  });
});
