import { type Role } from '@balagh/runtime';
import { eventually } from '@balagh/testing';
import { type Channels } from '../src/application/channel.port';
import { ListMessages } from '../src/application/list-messages.handler';
import { RebuildMessages } from '../src/application/rebuild-messages.handler';
import { ReconcileMessage } from '../src/application/reconcile-message.handler';
import { type WorkRow } from '../src/application/work-table.port';
import { type Place, WorkerPool } from '../src/application/worker-pool';
import { FakeGateway, FakeMail } from './fake-channel';
import { MemoryWorkTable } from './memory-work-table';
import { World, caseId, filled, opened, registered } from './world';

const MUS = 'MUS';
const role: Role = 'LINE2';
const context = (n: number) => ({
  commandId: `80000000-0000-4000-8000-00000000000${n}`,
  tenant: MUS,
  actor: { kind: 'staff', id: `account-${role}`, organisation: MUS } as const,
  line: '2' as const,
  correlationId: caseId,
  causationId: `80000000-0000-4000-8000-00000000000${n}`,
});

async function openCase(channel: FakeGateway | FakeMail) {
  const world = new World({ tenant: MUS, channels: [channel] });
  const address = channel.canBeAsked
    ? { phone: await world.seal('+96890000001') }
    : { email: await world.seal('reporter@example.invalid') };
  await world.happened(opened('PHONE_1111'), filled(address), registered({ reachableBy: [] }));
  await world.redelivered();
  const { messages, table, clock, platform } = world;
  const channels: Channels = new Map([[channel.channel, channel]]);
  const reconciliation = new ReconcileMessage({ messages, channels, table, clock, wake: () => undefined });
  const list = new ListMessages({ streams: platform.streams, messages });
  const [row] = [...table.held.values()];
  const messageId = row?.row.messageId ?? '';
  return { world, reconciliation, list, messageId };
}

describe('the list of messages', () => {
  it('follows each message from request to delivery', async () => {
    const sms = new FakeGateway('SMS');
    const { world, list, messageId } = await openCase(sms);
    const about = {
      messageId,
      trigger: 'CaseRegistered',
      template: 'MUS_REGISTERED',
      recipient: 'REPORTER',
      requestedAt: '2026-05-04T06:00:00.000Z',
    };
    expect(await list.list(MUS, caseId)).toEqual([
      { ...about, channel: '', state: 'REQUESTED', attempts: 0, settledAt: '' },
    ]);
    await world.work();
    expect(await list.list(MUS, caseId)).toMatchObject([
      { ...about, channel: 'SMS', state: 'ACCEPTED', attempts: 1 },
    ]);
    await world.pass(60_000);
    expect(await list.list(MUS, caseId)).toMatchObject([
      { ...about, state: 'DELIVERED', settledAt: '2026-05-04T06:00:30.000Z' },
    ]);
  });

  it('shows a message between two attempts as requested, a refused one as rejected', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('down', 'refuse');
    const { world, list } = await openCase(sms);
    await world.work();
    expect(await list.list(MUS, caseId)).toMatchObject([{ state: 'REQUESTED', attempts: 1 }]);
    await world.pass(30_000);
    expect(await list.list(MUS, caseId)).toMatchObject([{ state: 'REJECTED', attempts: 2 }]);
    expect((await world.told()).at(-1)).toMatchObject({ data: { reason: 'REJECTED' } });
  });

  it('shows a request that could reach nobody', async () => {
    const world = new World({ tenant: MUS, channels: [] });
    await world.happened(opened('PHONE_1111'), registered({ reachableBy: [] }));
    await world.redelivered();
    const list = new ListMessages({ streams: world.platform.streams, messages: world.messages });
    expect(await list.list(MUS, caseId)).toMatchObject([{ state: 'UNREACHABLE', attempts: 0 }]);
  });

  it('hides the case of another organisation', async () => {
    const { list } = await openCase(new FakeGateway('SMS'));
    await expect(list.list('TOURISM', caseId)).rejects.toMatchObject({ code: 'CASE_NOT_FOUND' });
  });
});

describe('reconciling', () => {
  it('finds out that the message was taken, answers alike when repeated, and never sends', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('unheard');
    sms.silent = true;
    const { world, reconciliation, messageId } = await openCase(sms);
    await world.work();
    await world.pass(20 * 60_000);
    sms.silent = false;
    const first = await reconciliation.reconcile(messageId, context(1));
    expect(first).toMatchObject({ state: 'ACCEPTED', attempts: 1 });
    expect(await reconciliation.reconcile(messageId, context(1))).toEqual(first);
    await world.work();
    expect((await world.told()).map(({ type }) => type)).toEqual([
      'NotificationRequested',
      'NotificationFailed',
      'NotificationSent',
    ]);
    expect(sms.submissions).toBe(1);
    const accepted = (await world.messageEvents(messageId)).find(({ type }) => type === 'MessageAccepted');
    expect(accepted?.metadata).toMatchObject({ line: '2', actor: { id: 'account-LINE2' } });
  });

  it('gives up a message that never arrived, once line 2 was told of the doubt', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('lost');
    sms.silent = true;
    const { world, reconciliation, messageId } = await openCase(sms);
    await world.work();
    await world.pass(20 * 60_000);
    sms.silent = false;
    expect(await reconciliation.reconcile(messageId, context(1))).toMatchObject({ state: 'REJECTED' });
    await world.pass(10 * 60_000);
    expect(sms.submissions).toBe(1);
    expect((await world.told()).at(-1)).toMatchObject({
      type: 'NotificationFailed',
      data: { reason: 'REJECTED' },
    });
  });

  it('is refused for mail, for a message whose outcome is known, and for what does not exist here', async () => {
    const mail = new FakeMail();
    mail.faults.push('unheard');
    const at = await openCase(mail);
    await at.world.work();
    await expect(at.reconciliation.reconcile(at.messageId, context(1))).rejects.toMatchObject({
      code: 'CHANNEL_CANNOT_BE_ASKED',
    });
    const known = await openCase(new FakeGateway('SMS'));
    await known.world.work();
    await expect(known.reconciliation.reconcile(known.messageId, context(1))).rejects.toMatchObject({
      code: 'MESSAGE_NOT_UNKNOWN',
    });
    const foreign = { ...context(1), tenant: 'TOURISM' };
    await expect(known.reconciliation.reconcile(known.messageId, foreign)).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    });
  });
});

describe('rebuilding the work table', () => {
  it('finds what is open and what is done, and sends nothing twice', async () => {
    const sms = new FakeGateway('SMS');
    const { world } = await openCase(sms);
    const { platform, messages, table, clock } = world;
    const rebuild = new RebuildMessages({ eventStore: platform.eventStore, messages, table, clock });
    expect(await rebuild.rebuild()).toBe(1);
    await world.work();
    await world.pass(60_000);
    expect(await rebuild.rebuild()).toBe(1);
    await world.work();
    await world.pass(60_000);
    expect(sms.submissions).toBe(1);
    expect([...table.held.values()].map(({ row }) => [row.phase, row.dueAt])).toEqual([['delivered', null]]);
    expect((await world.told()).map(({ type }) => type)).toEqual([
      'NotificationRequested',
      'NotificationSent',
    ]);
  });
});

describe('a worker pool', () => {
  const row = (n: number): WorkRow => ({
    messageId: `90000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`,
    caseId,
    tenant: MUS,
    queue: 'SEND',
    phase: 'prepared',
    channel: '',
    version: 0,
    since: '2026-05-04T06:00:00.000Z',
    dueAt: '2026-05-04T06:00:00.000Z',
  });
  const world = new World({ tenant: MUS, channels: [] });
  const options = { queue: 'SEND', concurrency: 3, pollMs: 5, leaseMs: 60_000 } as const;

  const poolOver = (
    table: MemoryWorkTable,
    work: ConstructorParameters<typeof WorkerPool>[2],
    pollMs: number = options.pollMs,
  ): WorkerPool =>
    new WorkerPool({ table, clock: world.clock, log: world.platform.log }, { ...options, pollMs }, work);

  /** Looks at the table when it is woken, and is done with each row at once. */
  const poolThatCounts = (table: MemoryWorkTable, worked: { rows: number }): WorkerPool =>
    poolOver(
      table,
      async (rows) => {
        worked.rows += rows.length;
        return rows.map((r) => ({ ...r, dueAt: null }));
      },
      60_000,
    );

  it('works on no more rows at once than allowed, and on all of them in the end', async () => {
    const table = new MemoryWorkTable();
    for (let n = 1; n <= 10; n += 1) await table.add(row(n));
    let [now, most, done] = [0, 0, 0];
    const pool = poolOver(table, async (rows) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now -= 1;
      done += 1;
      return rows.map((r) => ({ ...r, dueAt: null }));
    });
    pool.start();
    await eventually(() => done === 10);
    await pool.stop();
    expect(most).toBe(3);
  });

  it('does not look again for a place that falls free while nothing was left behind', async () => {
    const table = new MemoryWorkTable();
    await table.add(row(1));
    const claim = jest.spyOn(table, 'claim');
    const worked = { rows: 0 };
    const pool = poolThatCounts(table, worked);
    pool.start();
    await eventually(() => worked.rows === 1);
    expect(claim).toHaveBeenCalledTimes(1);
    await table.add(row(2));
    pool.wake();
    await eventually(() => worked.rows === 2);
    await pool.stop();
    expect(claim).toHaveBeenCalledTimes(2);
  });

  it('looks again at once at a row that is due at once again', async () => {
    const table = new MemoryWorkTable();
    await table.add(row(1));
    let turns = 0;
    const pool = poolOver(
      table,
      async (rows) => {
        turns += 1;
        return rows.map((r) => ({ ...r, dueAt: turns === 1 ? world.clock.now().toISOString() : null }));
      },
      60_000,
    );
    pool.start();
    await eventually(() => turns === 2);
    await pool.stop();
  });

  it('takes messages that come one after the other together', async () => {
    const table = new MemoryWorkTable();
    const claim = jest.spyOn(table, 'claim');
    const worked = { rows: 0 };
    const pool = poolThatCounts(table, worked);
    pool.start();
    const begun = performance.now();
    for (let n = 1; n <= 50; n += 1) {
      await table.add(row(n));
      pool.wake();
      await new Promise(setImmediate);
    }
    await eventually(() => worked.rows === 50);
    const took = performance.now() - begun;
    await pool.stop();
    expect(claim.mock.calls.length).toBeLessThanOrEqual(20 + took / 20);
  });

  it('goes on while rows are being put down, and not when too many are', async () => {
    const table = new MemoryWorkTable();
    for (let n = 1; n <= 20; n += 1) await table.add(row(n));
    let putDown: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (putDown = resolve));
    const save = table.save.bind(table);
    jest.spyOn(table, 'save').mockImplementation(async (...args) => {
      await held;
      await save(...args);
    });
    let done = 0;
    const pool = poolOver(table, async (rows) => {
      done += rows.length;
      return rows.map((r) => ({ ...r, dueAt: null }));
    });
    pool.start();
    await eventually(() => done >= 12);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(done).toBeLessThan(20);
    putDown();
    await eventually(() => done === 20);
    await pool.stop();
    expect([...table.held.values()].filter(({ row: { dueAt } }) => dueAt !== null)).toEqual([]);
  });

  /** The next place that the pool has. */
  const placeOf = async (pool: WorkerPool): Promise<Place> => {
    let place: Place | undefined;
    await eventually(() => (place ??= pool.place()) !== undefined);
    if (place === undefined) throw new Error('no place');
    return place;
  };

  it('keeps no more places than it has, and none before it runs or once it stops', async () => {
    const pool = poolThatCounts(new MemoryWorkTable(), { rows: 0 });
    expect(pool.place()).toBeUndefined();
    pool.start();
    const places = [await placeOf(pool), pool.place(), pool.place()];
    expect(places).not.toContain(undefined);
    expect(pool.place()).toBeUndefined();
    places[1]?.leave();
    places[1] = await placeOf(pool);
    expect(pool.place()).toBeUndefined();
    for (const place of places) place?.leave();
    await pool.stop();
    expect(pool.place()).toBeUndefined();
  });

  it('lets what waits in the table go first', async () => {
    const table = new MemoryWorkTable();
    for (let n = 1; n <= 6; n += 1) await table.add(row(n));
    const begun: string[] = [];
    const holding: (() => void)[] = [];
    const pool = poolOver(table, async ([one]) => {
      begun.push(one?.messageId ?? '');
      await new Promise<void>((resolve) => holding.push(resolve));
      return one === undefined ? [] : [{ ...one, dueAt: null }];
    });
    pool.start();
    await eventually(() => begun.length === 3);
    holding.splice(0).forEach((end) => end());
    // A place is free, and three rows are left.
    await new Promise(setImmediate);
    expect(pool.place()).toBeUndefined();
    await eventually(() => begun.length === 6);
    holding.splice(0).forEach((end) => end());
    (await placeOf(pool)).leave();
    await pool.stop();
  });

  it('carries out what was begun at a place, puts its row down, and waits for it when it stops', async () => {
    const table = new MemoryWorkTable();
    const pool = poolThatCounts(table, { rows: 0 });
    pool.start();
    const place = await placeOf(pool);
    await table.add(row(1), place.lease());
    await table.add(row(2), place.lease());
    let end: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    place.begin(row(1), async () => {
      await held;
      return { ...row(1), phase: 'accepted', version: 2, dueAt: null };
    });
    place.leave();
    pool.place()?.begin(row(2), () => Promise.reject(new Error('the store is away')));
    const heldOf = (n: number) => table.held.get(row(n).messageId);
    await eventually(() => heldOf(2)?.owner === undefined);
    expect(heldOf(2)?.row.dueAt).toBe('2026-05-04T06:00:05.000Z');
    expect(heldOf(1)).toMatchObject({ row: row(1), leasedUntil: Date.parse('2026-05-04T06:01:00.000Z') });
    const stopped = pool.stop();
    end();
    await stopped;
    expect(heldOf(1)).toMatchObject({ row: { phase: 'accepted', version: 2 }, leasedUntil: 0 });
  });

  it('makes a row due again when its work fails', async () => {
    const table = new MemoryWorkTable();
    await table.add(row(1));
    let failures = 0;
    const pool = poolOver(table, async () => {
      failures += 1;
      throw new Error('the store is away');
    });
    pool.start();
    await eventually(() => table.held.get(row(1).messageId)?.row.dueAt === '2026-05-04T06:00:05.000Z');
    await pool.stop();
    expect(failures).toBe(1);
  });
});
