import { type CaseIndex } from '../src/application/case-index.port';
import { type CaseIndexRow } from '../src/domain/case-index-row';

const row = (n: number, more: Partial<CaseIndexRow> = {}): CaseIndexRow => ({
  tenant: 'MUS',
  caseId: `ca5e0000-0000-4000-8000-00000000000${n}`,
  caseNumber: `MUS-2026-00000${n}`,
  stage: 'WITH_SECOND_LINE',
  category: 'WATER_LEAK',
  registeredAt: `2026-03-0${n}T08:00:00.123Z`,
  version: 5,
  ...more,
});

/** What every index does. `makeIndex` gives an empty one. */
export function caseIndexContract(name: string, makeIndex: () => Promise<CaseIndex>): void {
  describe(`${name} keeps the case index contract`, () => {
    it('gives a row back as it was written, found by id and by its tenant’s number', async () => {
      const index = await makeIndex();
      const open: CaseIndexRow = { tenant: 'MUS', caseId: row(2).caseId, stage: 'OPEN_PAGE', version: 1 };
      await index.upsert(row(1));
      await index.upsert(open);
      expect(await index.get(row(1).caseId)).toEqual(row(1));
      expect(await index.get(open.caseId)).toEqual(open);
      expect(await index.get(row(9).caseId)).toBeUndefined();
      expect(await index.caseIdOf('MUS', 'MUS-2026-000001')).toBe(row(1).caseId);
      expect(await index.caseIdOf(undefined, 'MUS-2026-000001')).toBe(row(1).caseId);
      expect(await index.caseIdOf('TOURISM', 'MUS-2026-000001')).toBeUndefined();
    });

    it('never goes back to an older version, unless told to replace', async () => {
      const index = await makeIndex();
      await index.upsert(row(1, { version: 7 }));
      await index.upsert(row(1, { version: 6, stage: 'CLOSED' }));
      expect((await index.get(row(1).caseId))?.stage).toBe('WITH_SECOND_LINE');
      await index.upsert(row(1, { version: 7, stage: 'CLOSED' }));
      expect((await index.get(row(1).caseId))?.stage).toBe('CLOSED');
      await index.replace(row(1, { version: 6 }));
      expect(await index.get(row(1).caseId)).toEqual(row(1, { version: 6 }));
      await index.remove(row(1).caseId);
      expect(await index.get(row(1).caseId)).toBeUndefined();
    });

    it('lists page by page, newest registration first, unregistered last', async () => {
      const index = await makeIndex();
      for (const n of [1, 2, 3]) await index.upsert(row(n));
      await index.upsert({ tenant: 'MUS', caseId: row(4).caseId, stage: 'OPEN_PAGE', version: 1 });
      await index.upsert(row(5, { tenant: 'TOURISM' }));
      const first = await index.list({ tenant: 'MUS', limit: 2, countUpTo: 3 });
      expect(first.rows.map((r) => r.caseId)).toEqual([row(3).caseId, row(2).caseId]);
      expect([first.total, first.more]).toEqual([3, true]);
      const next = await index.list({
        tenant: 'MUS',
        limit: 2,
        countUpTo: 4,
        after: { registeredAt: row(2).registeredAt ?? '', caseId: row(2).caseId },
      });
      expect(next.rows.map((r) => r.caseId)).toEqual([row(1).caseId, row(4).caseId]);
      expect([next.total, next.more]).toEqual([4, false]);
      expect(
        (
          await index.list({
            tenant: 'MUS',
            limit: 2,
            countUpTo: 4,
            after: { registeredAt: '-infinity', caseId: row(4).caseId },
          })
        ).rows,
      ).toEqual([]);
    });

    it('filters by stage, category and beginning of the number, taken literally', async () => {
      const index = await makeIndex();
      await index.upsert(row(1, { stage: 'CLOSED' }));
      await index.upsert(row(2, { category: 'PARKS' }));
      const ids = async (filter: object): Promise<string[]> =>
        (await index.list({ tenant: 'MUS', limit: 10, countUpTo: 10, ...filter })).rows.map((r) => r.caseId);
      expect(await ids({ stage: 'CLOSED' })).toEqual([row(1).caseId]);
      expect(await ids({ category: 'PARKS' })).toEqual([row(2).caseId]);
      expect(await ids({ numberPrefix: 'MUS-2026-000001' })).toEqual([row(1).caseId]);
      expect(await ids({ numberPrefix: 'MUS%' })).toEqual([]);
    });

    it('walks over all rows of all tenants by case id', async () => {
      const index = await makeIndex();
      for (const n of [3, 1, 2]) await index.upsert(row(n, n === 2 ? { tenant: 'TOURISM' } : {}));
      expect((await index.rowsAfter(undefined, 2)).map((r) => r.caseId)).toEqual([
        row(1).caseId,
        row(2).caseId,
      ]);
      expect((await index.rowsAfter(row(2).caseId, 2)).map((r) => r.caseId)).toEqual([row(3).caseId]);
      expect(await index.rowsAfter(row(3).caseId, 2)).toEqual([]);
    });
  });
}
