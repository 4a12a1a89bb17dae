import { eventually } from '@balagh/testing';
import { type WorkRow } from '../src/application/work-table.port';
import { type Place, WorkerPool } from '../src/application/worker-pool';
import { MemoryWorkTable } from './memory-work-table';
import { World, caseId } from './world';

const MUS = 'MUS';

describe('a worker pool', () => {
  const row = (n: number): WorkRow => ({
    messageId: `90000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`,
    caseId,
    tenant: MUS,
    queue: 'SEND',
    phase: 'prepared',
    channel: 'SMS',
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
  const placeOf = async (pool: WorkerPool, channel = 'SMS'): Promise<Place> => {
    let place: Place | undefined;
    await eventually(() => (place ??= pool.place(channel)) !== undefined);
    if (place === undefined) throw new Error('no place');
    return place;
  };

  it('keeps no more places than it has, and none before it runs or once it stops', async () => {
    const pool = poolThatCounts(new MemoryWorkTable(), { rows: 0 });
    expect(pool.place('SMS')).toBeUndefined();
    pool.start();
    const places = [await placeOf(pool), pool.place('SMS'), pool.place('SMS')];
    expect(places).not.toContain(undefined);
    expect(pool.place('SMS')).toBeUndefined();
    places[1]?.leave();
    places[1] = await placeOf(pool);
    expect(pool.place('SMS')).toBeUndefined();
    for (const place of places) place?.leave();
    await pool.stop();
    expect(pool.place('SMS')).toBeUndefined();
  });

  it('takes what came into the table while all its places were held as soon as one falls free', async () => {
    const table = new MemoryWorkTable();
    const worked = { rows: 0 };
    const pool = poolThatCounts(table, worked);
    pool.start();
    const places = [await placeOf(pool), pool.place('SMS'), pool.place('SMS')];
    const claim = jest.spyOn(table, 'claim');
    await table.add(row(1));
    pool.wake();
    // Rests at most 20 ms between two looks, and another one comes after this.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(claim.mock.calls.map(([{ limits }]) => limits.has('SMS'))).not.toContain(true);
    for (const place of places) place?.leave();
    await eventually(() => worked.rows === 1);
    await pool.stop();
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
    expect(pool.place('SMS')).toBeUndefined();
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
    pool.place('SMS')?.begin(row(2), () => Promise.reject(new Error('the store is away')));
    const heldOf = (n: number) => table.held.get(row(n).messageId);
    await eventually(() => heldOf(2)?.owner === undefined);
    expect(heldOf(2)?.row.dueAt).toBe('2026-05-04T06:00:05.000Z');
    expect(heldOf(1)).toMatchObject({ row: row(1), leasedUntil: Date.parse('2026-05-04T06:01:00.000Z') });
    const stopped = pool.stop();
    end();
    await stopped;
    expect(heldOf(1)).toMatchObject({ row: { phase: 'accepted', version: 2 }, leasedUntil: 0 });
  });

  it('keeps the places of other channels free of one that hangs, in the table and at once', async () => {
    const table = new MemoryWorkTable();
    for (let n = 1; n <= 10; n += 1) await table.add(row(n));
    for (let n = 11; n <= 20; n += 1) await table.add({ ...row(n), channel: 'EMAIL' });
    const claim = jest.spyOn(table, 'claim');
    const holding: (() => void)[] = [];
    const done: string[] = [];
    const pool = poolOver(
      table,
      async ([one]) => {
        if (one?.channel === 'SMS') await new Promise<void>((resolve) => holding.push(resolve));
        done.push(one?.channel ?? '');
        return one === undefined ? [] : [{ ...one, dueAt: null }];
      },
      60_000,
    );
    pool.start();
    await eventually(() => done.length === 10);
    expect(new Set(done)).toEqual(new Set(['EMAIL']));
    expect(holding).toHaveLength(3);
    (await placeOf(pool, 'EMAIL')).leave();
    expect(pool.place('SMS')).toBeUndefined();
    // Who waits for the hanging channel does not make the pool look at the table again and again.
    const looks = claim.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(claim.mock.calls).toHaveLength(looks);
    expect(claim.mock.calls.at(-1)?.[0].limits.has('SMS')).toBe(false);
    const answered = setInterval(() => holding.splice(0).forEach((end) => end()), 1);
    await eventually(() => done.length === 20);
    clearInterval(answered);
    await pool.stop();
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
