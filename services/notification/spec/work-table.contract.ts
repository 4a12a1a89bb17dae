import { type WorkRow, type WorkTable } from '../src/application/work-table.port';
import { ofEach } from './world';

const row = (n: number, over: Partial<WorkRow> = {}): WorkRow => ({
  messageId: `6f2c1d1e-0000-4000-8000-00000000000${n}`,
  caseId: '6f2c1d1e-0000-4000-8000-0000000000ca',
  tenant: 'MUS',
  queue: 'SEND',
  phase: 'prepared',
  channel: '',
  version: 0,
  since: '2026-05-04T06:00:00.000Z',
  dueAt: `2026-05-04T06:00:0${n}.000Z`,
  ...over,
});

/** What every work table promises, in memory or in PostgreSQL. */
export function workTableContract(name: string, open: () => Promise<WorkTable>): void {
  describe(`the work table contract: ${name}`, () => {
    let table: WorkTable;
    beforeEach(async () => {
      table = await open();
      await table.clear();
    });
    const claim = (owner: string, now: string, limit = 10, queue: WorkRow['queue'] = 'SEND') =>
      table.claim({ queue, owner, now, leaseMs: 60_000, limits: ofEach(limit) });

    it('gives due rows, oldest first, no more than asked for', async () => {
      for (const n of [3, 1, 2]) await table.add(row(n));
      expect(await claim('a', '2026-05-04T06:00:02.000Z', 1)).toEqual([row(1)]);
      expect(await claim('a', '2026-05-04T06:00:02.000Z')).toEqual([row(2)]);
      expect(await claim('a', '2026-05-04T06:00:02.000Z')).toEqual([]);
    });

    it('gives of each channel no more than asked for, and none of a channel that is not named', async () => {
      const of = (n: number, channel: string) => row(n, { channel });
      const given = [of(1, 'SMS'), of(2, 'SMS'), of(3, 'SMS'), of(4, 'EMAIL'), of(5, 'FAX'), of(6, '')];
      for (const one of given) await table.add(one);
      const limits = new Map([
        ['SMS', 2],
        ['EMAIL', 5],
        ['', 1],
      ]);
      const asked = { queue: 'SEND', now: '2026-05-04T06:00:09.000Z', leaseMs: 60_000 } as const;
      expect(await table.claim({ ...asked, owner: 'a', limits })).toEqual([
        given[0],
        given[1],
        given[3],
        given[5],
      ]);
      expect(await table.claim({ ...asked, owner: 'b', limits: ofEach(9) })).toEqual([given[2], given[4]]);
    });

    it('gives a leased row to nobody else until the lease runs out', async () => {
      await table.add(row(1));
      await claim('a', '2026-05-04T06:00:01.000Z');
      expect(await claim('b', '2026-05-04T06:01:00.999Z')).toEqual([]);
      expect(await claim('b', '2026-05-04T06:01:01.000Z')).toEqual([row(1)]);
    });

    it('gives a row that was added under a lease to nobody until its owner has put it down or the lease runs out', async () => {
      await table.add(row(1), { owner: 'a', until: '2026-05-04T06:01:00.000Z' });
      await table.add(row(2), { owner: 'a', until: '2026-05-04T06:01:00.000Z' });
      await table.save(row(2, { version: 2 }), 'a');
      expect(await claim('b', '2026-05-04T06:00:59.000Z')).toEqual([row(2, { version: 2 })]);
      expect(await claim('c', '2026-05-04T06:01:00.000Z')).toEqual([row(1)]);
    });

    it('leaves a row as it is when it is added again under a lease', async () => {
      await table.add(row(1));
      await table.add(row(1, { version: 1 }), { owner: 'a', until: '2026-05-04T07:00:00.000Z' });
      expect(await claim('b', '2026-05-04T06:00:01.000Z')).toEqual([row(1)]);
    });

    it('keeps the row of a message that is added again', async () => {
      await table.add(row(1));
      const later = row(1, { phase: 'accepted', version: 2, channel: 'SMS' });
      await claim('a', '2026-05-04T06:00:01.000Z');
      await table.save(later, 'a');
      await table.add(row(1));
      expect(await claim('a', '2026-05-04T06:00:01.000Z')).toEqual([later]);
    });

    it('never replaces a row by an older version, but gives up the lease', async () => {
      await table.add(row(1, { version: 3 }));
      await claim('a', '2026-05-04T06:00:01.000Z');
      await table.save(row(1, { version: 2, dueAt: null }), 'a');
      expect(await claim('b', '2026-05-04T06:00:01.000Z')).toEqual([row(1, { version: 3 })]);
    });

    it('leaves alone the lease of another worker', async () => {
      await table.add(row(1));
      await claim('a', '2026-05-04T06:00:01.000Z');
      await claim('b', '2026-05-04T06:01:01.000Z');
      await table.save(row(1), 'a');
      expect(await claim('c', '2026-05-04T06:01:02.000Z')).toEqual([]);
    });

    it('keeps what is touched due when its worker puts down what it knew before', async () => {
      await table.add(row(1, { phase: 'unknown', version: 2 }));
      await claim('a', '2026-05-04T06:00:01.000Z');
      await table.touch(row(1).messageId, 3, '2026-05-04T06:00:02.000Z');
      await table.save(row(1, { phase: 'unknown', version: 2, dueAt: null }), 'a');
      expect(await claim('b', '2026-05-04T06:00:02.000Z')).toMatchObject([
        { version: 3, dueAt: '2026-05-04T06:00:02.000Z' },
      ]);
    });

    it('keeps the queues apart, forgets what is done, and wakes what is touched', async () => {
      await table.add(row(1, { queue: 'TRACK', dueAt: null }));
      expect(await claim('a', '2026-05-04T07:00:00.000Z', 10, 'TRACK')).toEqual([]);
      await table.touch(row(1).messageId, 0, '2026-05-04T06:30:00.000Z');
      expect(await claim('a', '2026-05-04T07:00:00.000Z')).toMatchObject([
        { dueAt: '2026-05-04T06:30:00.000Z', queue: 'SEND' },
      ]);
    });
  });
}
