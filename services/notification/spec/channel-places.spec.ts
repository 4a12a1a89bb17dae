import { ChannelUnavailable } from '../src/application/channel.port';
import { type WorkRow } from '../src/application/work-table.port';
import { ofEach, opened, registered } from './world';
import { PHONE, form, worldOf } from './world-of-fakes';

type Fakes = ReturnType<typeof worldOf>;

async function prepared(): Promise<Fakes> {
  const fakes = worldOf('MUS');
  const { world } = fakes;
  const addresses = await form(world, { phone: PHONE, email: 'reporter@example.invalid' });
  await world.happened(opened('PHONE_1111'), addresses, registered({ reachableBy: [] }));
  await world.redelivered();
  return fakes;
}

async function claimed({ world }: Fakes): Promise<WorkRow> {
  const claim = { queue: 'SEND', owner: 'a', now: world.now, leaseMs: 60_000, limits: ofEach(1) } as const;
  const [row] = await world.table.claim(claim);
  if (row === undefined) throw new Error('nothing is due');
  return row;
}

describe('a message in the table', () => {
  it('stands under the channel of its first attempt before that is made', async () => {
    expect(await claimed(await prepared())).toMatchObject({ phase: 'prepared', channel: 'SMS' });
  });

  it('that goes on over another channel waits for a place of that one', async () => {
    const fakes = await prepared();
    const { world, sms, mail } = fakes;
    sms.faults.push('refuse');
    const next = await world.sender().advance(await claimed(fakes));
    expect(next).toMatchObject({ phase: 'rejected', channel: 'EMAIL', dueAt: world.now });
    expect([sms.submissions, mail.submissions]).toEqual([1, 0]);
    await world.table.save(next, 'a');
    await world.work();
    expect(mail.submissions).toBe(1);
  });

  it('that an older version added without a channel goes through all of them at one place', async () => {
    const fakes = await prepared();
    const { world, sms, mail } = fakes;
    sms.faults.push('refuse');
    await world.sender().advance({ ...(await claimed(fakes)), channel: '' });
    expect([sms.submissions, mail.submissions]).toEqual([1, 1]);
  });

  it('is looked at again after a while that begins when the question about it has ended', async () => {
    const fakes = await prepared();
    const { world, sms } = fakes;
    sms.faults.push('lost');
    sms.ask = async () => {
      world.clock.advance(5_000);
      throw new ChannelUnavailable('it hangs');
    };
    const next = await world.sender().advance(await claimed(fakes));
    expect(next).toMatchObject({ phase: 'unknown', dueAt: '2026-05-04T06:00:10.000Z' });
  });
});
