import { proves } from '@balagh/testing';
import { type CaseRows } from '../src/application/case-rows.port';
import { type CaseRow } from '../src/domain/case-row';
import { SEC_CLEANING, uuid } from './case-world';

const age = { sort: 'age', offset: 0, limit: 10, countUpTo: 100 } as const;

export function rowOf(n: number, more: Partial<CaseRow> = {}): CaseRow {
  return {
    caseId: uuid(1, n),
    tenant: 'MUS',
    caseNumber: `MUS-2026-${String(n).padStart(6, '0')}`,
    stage: 'WITH_SECOND_LINE',
    phase: 'registered',
    caseType: 'REPORT',
    category: 'CLEANLINESS',
    channel: 'PHONE_1111',
    owner: SEC_CLEANING,
    openedAt: `2026-02-${String(n).padStart(2, '0')}T08:00:00.000Z`,
    openedBy: 'mus.agent',
    openedByOrganisation: 'MUS',
    registeredAt: `2026-02-${String(n).padStart(2, '0')}T08:05:00.000Z`,
    reminders: 0,
    escalationLevel: 0,
    misroutes: 0,
    failedMessages: 0,
    attachments: 0,
    decisionVersion: 3,
    version: 4,
    updatedAt: '2026-02-28T08:00:00.000Z',
    ...more,
  };
}

/** What every adapter of `CaseRows` promises. */
export function caseRowsContract(open: () => Promise<CaseRows>): void {
  let rows: CaseRows;
  beforeEach(async () => {
    rows = await open();
  });
  const numbers = async (filter: object): Promise<readonly (string | undefined)[]> =>
    (await rows.page({ tenant: 'MUS', ...filter }, age)).rows.map((row) => row.caseNumber);

  it('lists the oldest first, with status, owner and due time', async () => {
    proves('MUS-48');
    await rows.put(rowOf(9, { stage: 'REPLY_RETURNED' }));
    await rows.put(rowOf(3, { dueAt: '2026-03-04T10:30:00.000Z' }));
    await rows.put(rowOf(5));
    const { rows: listed, total } = await rows.page({ tenant: 'MUS', phase: 'registered' }, age);
    expect(total).toBe(3);
    expect(listed.map((row) => row.caseNumber)).toEqual([
      'MUS-2026-000003',
      'MUS-2026-000005',
      'MUS-2026-000009',
    ]);
    expect(listed[0]).toEqual(rowOf(3, { dueAt: '2026-03-04T10:30:00.000Z' }));
  });

  it('keeps the newer row when an older fold arrives late', async () => {
    expect(await rows.put(rowOf(1, { version: 7, stage: 'CLOSED' }))).toBe(true);
    expect(await rows.put(rowOf(1, { version: 6 }))).toBe(false);
    expect(await rows.put(rowOf(1, { version: 7, stage: 'CLOSED', misroutes: 1 }))).toBe(true);
    expect(await rows.find(uuid(1, 1))).toEqual(rowOf(1, { version: 7, stage: 'CLOSED', misroutes: 1 }));
  });

  it('keeps organisations apart', async () => {
    await rows.put(rowOf(1));
    await rows.put(rowOf(2, { tenant: 'TOURISM' }));
    expect(await numbers({})).toEqual(['MUS-2026-000001']);
    expect(await rows.count({ tenant: 'TOURISM' })).toBe(1);
  });

  it('finds by any part of the number, and takes signs literally', async () => {
    await rows.put(rowOf(12));
    await rows.put(rowOf(21));
    expect(await numbers({ number: '0012' })).toEqual(['MUS-2026-000012']);
    expect(await numbers({ number: 'mus-2026' })).toHaveLength(2);
    expect(await numbers({ number: '%' })).toEqual([]);
    expect(await numbers({ number: '_' })).toEqual([]);
  });

  it('gives a section its own cases and those of the directorate without a section', async () => {
    await rows.put(rowOf(1));
    await rows.put(rowOf(2, { owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES' } }));
    await rows.put(
      rowOf(3, { owner: { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-GARDENS' } }),
    );
    await rows.put(rowOf(4, { owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS' } }));
    expect(await numbers({ owner: { code: 'DIR-SERVICES', section: 'SEC-CLEANING' } })).toEqual([
      'MUS-2026-000001',
      'MUS-2026-000002',
    ]);
    expect(await numbers({ owner: { code: 'DIR-SERVICES' } })).toHaveLength(3);
  });

  it('shows line 1 its open pages and what was registered on the organisation’s day', async () => {
    const firstLine = { account: 'mus.agent', at: '2026-03-01T08:00:00.000Z', timeZone: 'Asia/Muscat' };
    const open = { phase: 'open', stage: 'OPEN_PAGE' } as const;
    const { registeredAt: _, caseNumber: __, ...unregistered } = rowOf(1, open);
    await rows.put(unregistered);
    await rows.put({ ...unregistered, caseId: uuid(1, 2), openedBy: 'mus.other' });
    // 23:30 and 00:30 in Muscat.
    await rows.put(rowOf(3, { registeredAt: '2026-02-28T19:30:00.000Z' }));
    await rows.put(rowOf(4, { registeredAt: '2026-02-28T20:30:00.000Z' }));
    const { rows: listed } = await rows.page({ tenant: 'MUS', firstLine }, age);
    expect(listed.map((row) => row.caseId)).toEqual([uuid(1, 1), uuid(1, 4)]);
  });

  it('gives a company what its agents opened, in every list and search', async () => {
    proves('BAH-14');
    const company = 'HOTLINE_COMPANY';
    const theirs = { openedBy: 'hotline.agent', openedByOrganisation: company };
    const { openedByOrganisation: _, ...notWrittenAnew } = rowOf(1);
    for (const row of [notWrittenAnew, rowOf(2), rowOf(3, theirs), rowOf(4, theirs)]) await rows.put(row);
    await rows.put(rowOf(5, { ...theirs, openedByOrganisation: 'OTHER_COMPANY' }));
    const firstLine = { account: 'hotline.agent', at: '2026-02-04T08:00:00.000Z', timeZone: 'Asia/Muscat' };
    expect(await numbers({ company })).toEqual(['MUS-2026-000003', 'MUS-2026-000004']);
    expect(await numbers({ company, number: '2026' })).toEqual(['MUS-2026-000003', 'MUS-2026-000004']);
    expect(await numbers({ company, firstLine })).toEqual(['MUS-2026-000004']);
    expect(await rows.count({ tenant: 'MUS', company })).toBe(2);
    expect(await numbers({ company: 'MUS' })).toEqual(['MUS-2026-000002']);
    expect((await rows.find(uuid(1, 3)))?.openedByOrganisation).toBe(company);
  });

  it('lists what is due next first, and what is overdue on demand', async () => {
    await rows.put(rowOf(1));
    await rows.put(rowOf(2, { dueAt: '2026-03-05T08:00:00.000Z' }));
    await rows.put(rowOf(3, { dueAt: '2026-02-27T08:00:00.000Z' }));
    await rows.put(rowOf(4, { dueAt: '2026-02-26T08:00:00.000Z', phase: 'terminal', stage: 'CLOSED' }));
    const due = await rows.page({ tenant: 'MUS', phase: 'registered' }, { ...age, sort: 'due' });
    expect(due.rows.map((row) => row.caseId)).toEqual([uuid(1, 3), uuid(1, 2), uuid(1, 1)]);
    expect(await numbers({ overdueAt: '2026-03-01T08:00:00.000Z' })).toEqual(['MUS-2026-000003']);
  });

  it('pages without losing or repeating a row', async () => {
    for (let n = 1; n <= 7; n += 1) await rows.put(rowOf(n, { openedAt: '2026-02-01T08:00:00.000Z' }));
    const pages = await Promise.all(
      [0, 3, 6].map((offset) => rows.page({ tenant: 'MUS' }, { ...age, offset, limit: 3 })),
    );
    expect(pages.flatMap((page) => page.rows.map((row) => row.caseId))).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((n) => uuid(1, n)),
    );
    expect(pages.map((page) => [page.total, page.more])).toEqual(Array(3).fill([7, false]));
  });

  it('counts no further than it is asked to, and says that there are more', async () => {
    for (let n = 1; n <= 7; n += 1) await rows.put(rowOf(n, n === 7 ? { category: 'ROADS' } : {}));
    const counted = async (countUpTo: number, filter: object = {}) => {
      const {
        rows: listed,
        total,
        more,
      } = await rows.page({ tenant: 'MUS', ...filter }, { ...age, countUpTo });
      return [listed.length, total, more];
    };
    expect(await counted(5)).toEqual([7, 5, true]);
    expect(await counted(7)).toEqual([7, 7, false]);
    expect(await counted(5, { category: 'ROADS', number: '00007' })).toEqual([1, 1, false]);
    expect(await counted(5, { number: '%' })).toEqual([0, 0, false]);
  });

  it('finds a number by any part of it, in either case', async () => {
    await rows.put(rowOf(12));
    await rows.put(rowOf(21));
    for (const number of ['mus-2026-000012', '2026-0000', '12', '-2026-', 'MUS'])
      expect((await numbers({ number })).includes('MUS-2026-000012')).toBe(true);
    expect(await numbers({ number: '0012' })).toEqual(['MUS-2026-000012']);
    expect(await numbers({ number: 'mus_2026' })).toEqual([]);
  });
}
