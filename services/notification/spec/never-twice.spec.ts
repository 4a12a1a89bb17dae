import { proves } from '@balagh/testing';
import { FakeGateway, FakeMail } from './fake-channel';
import { Killed, World, type WorldOptions, filled, ofEach, opened, registered } from './world';

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
async function runThrough(world: World & { restart(): void }): Promise<number> {
  let kills = 0;
  for (let turns = 0; turns < 12; turns += 1) {
    try {
      await world.drain();
      await world.work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      kills += 1;
      world.restart();
    }
    world.clock.advance(61_000);
  }
  return kills;
}

/** A world whose process is killed at the n-th point: it does nothing more until it starts again. */
function killedAt(n: number, options: Omit<WorldOptions, 'tenant' | 'point'>): World & { restart(): void } {
  let passed = 0;
  let dead = false;
  const point = (): void => {
    passed += 1;
    dead ||= passed === n;
    if (dead) throw new Killed();
  };
  const world = new World({ tenant: 'MUS', ...options, point });
  return Object.assign(world, { restart: () => void (dead = false) });
}

/**
 * Points that the undisturbed way of one message passes: before and after each append (a request, the message, its first attempt, the outcome, the
 * delivery of what is no mail, the news for the case), three changes of the work table (mail: two) and the call of the channel. Sent at once, the
 * message and its first attempt are one append.
 */
const ways = [
  { way: 'from the table', atOnce: false, points: { sms: 20, mail: 16 } },
  { way: 'at once', atOnce: true, points: { sms: 18, mail: 14 } },
];
const everyPoint = ways.flatMap(({ points, ...way }) =>
  Array.from({ length: points.sms }, (_, i) => ({ ...way, n: i + 1, mailEnds: points.mail })),
);

describe('a killed process', () => {
  it.each(everyPoint)(
    'that sends $way, at point $n, leaves exactly one SMS and one outcome in the case',
    async (at) => {
      const sms = new FakeGateway('SMS');
      const world = killedAt(at.n, { channels: [sms], atOnce: at.atOnce });
      await world.subscribe();
      await registeredCase(world, { phone: PHONE });
      expect(await runThrough(world)).toBe(1);
      expect(sms.delivered).toHaveLength(1);
      expect((await world.told()).map((event) => event.type)).toEqual([
        'NotificationRequested',
        'NotificationSent',
      ]);
    },
  );

  it.each(everyPoint)(
    'that sends $way, at point $n, never leaves a second mail: a doubt is shown to line 2',
    async (at) => {
      const mail = new FakeMail();
      const world = killedAt(at.n, { channels: [mail], atOnce: at.atOnce });
      await world.subscribe();
      await registeredCase(world, { email: 'reporter@example.invalid' });
      expect(await runThrough(world)).toBe(at.n <= at.mailEnds ? 1 : 0);
      expect(mail.submissions).toBeLessThanOrEqual(1);
      const outcomes = (await world.told()).slice(1);
      expect(outcomes).toHaveLength(1);
      const [outcome] = outcomes;
      if (outcome?.type === 'NotificationFailed') expect(outcome.data.reason).toBe('OUTCOME_UNKNOWN');
      else expect(mail.delivered).toHaveLength(1);
    },
  );
});

describe('a message that is sent at once', () => {
  const open = async (channel: FakeGateway | FakeMail): Promise<World> => {
    const world = new World({ tenant: 'MUS', channels: [channel], atOnce: true });
    const form = channel.canBeAsked ? { phone: PHONE } : { email: 'reporter@example.invalid' };
    await registeredCase(world, form);
    return world;
  };

  it('has its first attempt written down before the channel is called, in the append that prepared it', async () => {
    proves('MUS-18');
    const sms = new FakeGateway('SMS');
    const world = await open(sms);
    const send = sms.send.bind(sms);
    let written: readonly string[] = [];
    sms.send = async (message) => {
      written = (await world.messageEvents(message.reference)).map(({ type }) => type);
      return send(message);
    };
    await world.subscribe();
    await world.drain();
    expect(written).toEqual(['MessagePrepared', 'MessageSubmitted']);
    expect(sms.delivered).toMatchObject([
      { to: PHONE, text: expect.stringContaining('MUS-2026-000001') as string },
    ]);
    const [{ row } = { row: undefined }] = [...world.table.held.values()];
    expect(row).toMatchObject({ queue: 'TRACK', phase: 'accepted', channel: 'SMS', version: 2 });
  });

  it('is not sent by whoever finds it written down already', async () => {
    proves('MUS-18');
    const mail = new FakeMail();
    const world = await open(mail);
    await world.redelivered();
    await world.redelivered();
    await world.drain();
    await world.work();
    expect(mail.submissions).toBe(1);
  });

  it('tries again on the same channel as any other', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('down');
    const world = await open(sms);
    await world.redelivered();
    await world.drain();
    await world.pass(60_000);
    expect(sms.submissions).toBe(2);
    expect((await world.told()).at(-1)).toMatchObject({ data: { attempts: 2 } });
  });

  it('whose row cannot be added is sent all the same, and the row follows with the next delivery', async () => {
    const sms = new FakeGateway('SMS');
    const world = await open(sms);
    const add = world.table.add.bind(world.table);
    world.table.add = () => Promise.reject(new Error('away'));
    await expect(world.redelivered()).rejects.toThrow('away');
    await world.drain();
    expect([...world.table.held]).toEqual([]);
    world.table.add = add;
    await world.redelivered();
    await world.pass(60_000);
    expect(sms.submissions).toBe(1);
    expect((await world.told()).map(({ type }) => type)).toEqual([
      'NotificationRequested',
      'NotificationSent',
    ]);
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
      limits: ofEach(1),
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
