import { proves } from '@balagh/testing';
import { FakeGateway, FakeMail } from './fake-channel';
import { Killed, World, filled, opened, registered } from './world';

const PHONE = '+96890000001';

async function registeredCase(world: World, form: { phone?: string; email?: string }): Promise<void> {
  const sealed = await Promise.all(
    Object.entries(form).map(async ([k, v]) => [k, await world.seal(v)] as const),
  );
  const reachableBy = form.phone === undefined ? (['EMAIL'] as const) : (['SMS'] as const);
  await world.happened(
    opened('PHONE_1111'),
    filled(Object.fromEntries(sealed)),
    registered({ reachableBy: [...reachableBy] }),
  );
}

/** Runs until done, restarting after each kill; what is due after a kill comes when the lease has run out. */
async function runThrough(world: World): Promise<number> {
  let kills = 0;
  for (let turns = 0; turns < 12; turns += 1) {
    try {
      await world.drain();
      await world.work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      kills += 1;
    }
    world.clock.advance(61_000);
  }
  return kills;
}

/** A world whose process is killed at the n-th point. */
function killedAt(n: number, channels: (FakeGateway | FakeMail)[]): World {
  let passed = 0;
  const point = (): void => {
    passed += 1;
    if (passed === n) throw new Killed();
  };
  return new World({ tenant: 'MUS', channels, point });
}

/**
 * Points that the undisturbed way of one message passes: before and after each of six appends (mail: five), three changes
 * of the work table (mail: two) and the call of the channel.
 */
const everyPoint = Array.from({ length: 20 }, (_, i) => i + 1);

describe('a killed process', () => {
  it.each(everyPoint)('at point %i leaves exactly one SMS and one outcome in the case', async (n) => {
    const sms = new FakeGateway('SMS');
    const world = killedAt(n, [sms]);
    await world.subscribe();
    await registeredCase(world, { phone: PHONE });
    const kills = await runThrough(world);
    expect(kills).toBe(1);
    expect(sms.delivered).toHaveLength(1);
    expect((await world.told()).map((event) => event.type)).toEqual([
      'NotificationRequested',
      'NotificationSent',
    ]);
  });

  it.each(everyPoint)('at point %i never leaves a second mail: a doubt is shown to line 2', async (n) => {
    const mail = new FakeMail();
    const world = killedAt(n, [mail]);
    await world.subscribe();
    await registeredCase(world, { email: 'reporter@example.invalid' });
    expect(await runThrough(world)).toBe(n <= 16 ? 1 : 0);
    expect(mail.submissions).toBeLessThanOrEqual(1);
    const outcomes = (await world.told()).slice(1);
    expect(outcomes).toHaveLength(1);
    const [outcome] = outcomes;
    if (outcome?.type === 'NotificationFailed') expect(outcome.data.reason).toBe('OUTCOME_UNKNOWN');
    else expect(mail.delivered).toHaveLength(1);
  });
});

describe('two workers on one message', () => {
  it('call the channel once', async () => {
    const sms = new FakeGateway('SMS');
    const world = new World({ tenant: 'MUS', channels: [sms] });
    await world.subscribe();
    await registeredCase(world, { phone: PHONE });
    await world.drain();
    const [row] = await world.table.claim({
      queue: 'SEND',
      owner: 'a',
      now: world.now,
      leaseMs: 1,
      limit: 1,
    });
    if (row === undefined) throw new Error('no work');
    await Promise.all([
      world.sender().advance(row),
      world.sender().advance(row),
      world.sender().advance(row),
    ]);
    expect(sms.submissions).toBe(1);
  });
});

describe('a gateway', () => {
  const open = async (): Promise<{ world: World; sms: FakeGateway }> => {
    const sms = new FakeGateway('SMS');
    const world = new World({ tenant: 'MUS', channels: [sms] });
    await world.subscribe();
    await registeredCase(world, { phone: PHONE });
    await world.drain();
    return { world, sms };
  };
  const messageTypes = async (world: World): Promise<readonly string[]> => {
    const [row] = [...world.table.held.values()];
    return (await world.messageEvents(row?.row.messageId ?? '')).map(({ type }) => type);
  };

  it('that times out once gets the message a second time under the same reference, and delivers it', async () => {
    proves('MUS-18');
    const { world, sms } = await open();
    const send = sms.send.bind(sms);
    const onRecord: number[] = [];
    sms.send = async (message) => {
      onRecord.push((await messageTypes(world)).filter((type) => type === 'MessageSubmitted').length);
      return send(message);
    };
    sms.faults.push('lost');
    await world.work();
    await world.pass(60_000);
    expect(sms.delivered).toHaveLength(1);
    // Each attempt was written down before the gateway was called.
    expect(onRecord).toEqual([1, 2]);
    expect(await messageTypes(world)).toEqual([
      'MessagePrepared',
      'MessageSubmitted',
      'MessageOutcomeUnknown',
      'MessageRejected',
      'MessageSubmitted',
      'MessageAccepted',
      'MessageDelivered',
    ]);
    expect((await world.told()).at(-1)).toMatchObject({
      type: 'NotificationSent',
      data: { channel: 'SMS', attempts: 2 },
    });
  });

  it('that took the message but was not heard is asked, and not given it again', async () => {
    const { world, sms } = await open();
    sms.faults.push('unheard');
    await world.work();
    expect(sms.submissions).toBe(1);
    expect((await world.told()).at(-1)).toMatchObject({ type: 'NotificationSent', data: { attempts: 1 } });
  });

  it('that stays silent is asked for a quarter of an hour, then line 2 is told; a later answer corrects it', async () => {
    const { world, sms } = await open();
    sms.faults.push('unheard');
    sms.silent = true;
    await world.work();
    await world.pass(14 * 60_000);
    expect(await world.told()).toHaveLength(1);
    await world.pass(20 * 60_000);
    expect((await world.told()).at(-1)).toMatchObject({
      type: 'NotificationFailed',
      data: { reason: 'OUTCOME_UNKNOWN' },
    });
    expect(sms.submissions).toBe(1);
  });
});

describe('a message delivered three times by the feed', () => {
  it('leads to one SMS', async () => {
    proves('SYS-08', 'MUS-11');
    const sms = new FakeGateway('SMS');
    const world = new World({ tenant: 'MUS', channels: [sms] });
    await registeredCase(world, { phone: '٩٠٠٠٠٠٠١' });
    for (let deliveries = 0; deliveries < 3; deliveries += 1) {
      await world.redelivered();
      await world.work();
    }
    await world.pass(60_000);
    expect(sms.submissions).toBe(1);
    expect(sms.delivered).toMatchObject([
      { to: PHONE, text: 'تم تسجيل بلاغكم برقم MUS-2026-000001. للاستفسار: 1111.' },
    ]);
    const requested = (await world.told())[0];
    if (requested?.type !== 'NotificationRequested') throw new Error('nothing was requested');
    const { messageId } = requested.data;
    expect(await world.told()).toEqual([
      {
        type: 'NotificationRequested',
        data: {
          messageId,
          trigger: 'CaseRegistered',
          triggerRevision: 2,
          template: 'MUS_REGISTERED',
          recipient: 'REPORTER',
          channels: ['SMS'],
          language: 'ar',
        },
      },
      {
        type: 'NotificationSent',
        data: { messageId, trigger: 'CaseRegistered', recipient: 'REPORTER', channel: 'SMS', attempts: 1 },
      },
    ]);
  });
});
