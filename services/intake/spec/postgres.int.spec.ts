import { type CaseEvent } from '@balagh/case-events';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type DataSource } from 'typeorm';
import { openTables } from '@balagh/runtime';
import { type CaseStatus } from '../src/application/case-statuses.port';
import { CaseStatusRow } from '../src/outbound/case-status.entity';
import { intakeTables } from '../src/outbound/intake-tables';
import { PostgresCaseNumbers } from '../src/outbound/postgres-case-numbers.adapter';
import { PostgresDuplicateKeys } from '../src/outbound/postgres-duplicate-keys.adapter';
import { PostgresReporterContacts } from '../src/outbound/postgres-reporter-contacts.adapter';
import { TypeormCaseStatuses } from '../src/outbound/typeorm-case-statuses.adapter';
import { caseNumbersContract } from './case-numbers.contract';
import { duplicateKeysContract } from './duplicate-keys.contract';
import { photo } from './images';
import { IntakeUnderTest, mustAccept } from './intake-under-test';
import { type MemoryOutbound } from './memory-outbound';
import { profileOf } from './profile-under-test';

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await testDatabase();
  source = await openTables({ DATABASE_URL: database.url }, intakeTables, 'specification');
});
afterAll(async () => {
  await source?.destroy();
  await database?.close();
});
beforeEach(() =>
  database.pool.query(
    'truncate case_number, case_number_counter, case_number_search, duplicate_key, reporter_contact, case_status',
  ),
);

caseNumbersContract('in PostgreSQL', () => new PostgresCaseNumbers(database.pool));
duplicateKeysContract('in PostgreSQL', () => new PostgresDuplicateKeys(database.pool));

it('a duplicate key is held anew when its holder claims it again, and not when another one asks', async () => {
  const keys = new PostgresDuplicateKeys(database.pool);
  const [holder, other] = ['00000000-0000-4000-9000-000000000001', '00000000-0000-4000-9000-000000000002'];
  await keys.claim('MUS', 'k', holder);
  await database.pool.query("update duplicate_key set claimed_at = claimed_at - interval '1 hour'");
  expect((await keys.claim('MUS', 'k', other)).heldForMs).toBeGreaterThanOrEqual(3_600_000);
  await keys.claim('MUS', 'k', holder);
  const { caseId, heldForMs } = await keys.claim('MUS', 'k', other);
  expect(caseId).toBe(holder);
  expect(heldForMs).toBeLessThan(3_600_000);
});

it('the entity and the migration describe the same table', async () => {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  expect(upQueries.filter(({ query }) => query.includes('case_status'))).toEqual([]);
});

/** Domain and store in memory, intake's own tables in PostgreSQL. */
function desk(tenant: string): IntakeUnderTest {
  const parts = {
    numbers: new PostgresCaseNumbers(database.pool),
    duplicateKeys: new PostgresDuplicateKeys(database.pool),
    contacts: new PostgresReporterContacts(database.pool),
    statuses: new TypeormCaseStatuses(source),
  };
  return new IntakeUnderTest(
    tenant,
    [profileOf(tenant)],
    undefined,
    parts as unknown as Partial<MemoryOutbound>,
  );
}

describe('fifty registrations at once', () => {
  it('get fifty numbers, one each', async () => {
    const intake = desk('QAT-MME');
    const open = Array.from({ length: 50 }, () =>
      intake.opened('PHONE', { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' }),
    );
    const answers = await Promise.all((await Promise.all(open)).map((caseId) => intake.register(caseId)));
    const numbers = answers.map((answer) => mustAccept(answer).caseNumber);
    expect(new Set(numbers).size).toBe(50);
    expect(numbers.every((number) => /^QAT-2026-0000\d\d$/.test(number ?? ''))).toBe(true);
  });

  it('get one number when they are one command sent fifty times', async () => {
    const intake = desk('QAT-MME');
    const caseId = await intake.opened('PHONE', { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' });
    const context = intake.context();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => intake.intake.register.handle(context, { caseId })),
    );
    expect(new Set(answers.map((answer) => mustAccept(answer).caseNumber)).size).toBe(1);
    expect((await intake.types(caseId)).filter((type) => type === 'CaseRegistered')).toHaveLength(1);
  });
});

describe('ten equal complaints registered at once', () => {
  it('leave one original, and nine repeats that name it', async () => {
    const intake = desk('KWT-MOCI');
    const complaint = {
      caseType: 'COMPLAINT',
      category: 'CONSUMER_COMPLAINT',
      reporterName: 'سالم مثال الاختبار',
      civilNumber: '290000000001',
      phone: '55000001',
      shopAddress: 'شارع المثال ١٢',
      invoiceNumber: 'INV-1',
      details: 'المحل يرفض استبدال جهاز معيب',
    } as const;
    const cases: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      const caseId = await intake.opened('WHATSAPP', complaint);
      mustAccept(
        await intake.intake.attach.handle(intake.context(), {
          caseId,
          kind: 'INVOICE',
          content: await photo(),
        }),
      );
      cases.push(caseId);
    }
    await Promise.all(cases.map(async (caseId) => mustAccept(await intake.register(caseId))));
    const last = async (caseId: string): Promise<CaseEvent | undefined> =>
      (await intake.events(caseId)).at(-1);
    const endings = await Promise.all(cases.map(last));
    const originals = cases.filter((_, n) => endings[n]?.type === 'CaseRegistered');
    expect(originals).toHaveLength(1);
    expect(
      endings.filter((e) => e?.type === 'CaseCancelledAsDuplicate' && e.data.originalCaseId === originals[0]),
    ).toHaveLength(9);
  });
});

describe('the status look-up', () => {
  const status: CaseStatus = {
    tenant: 'MUS',
    caseId: '00000000-0000-4000-9000-000000000001',
    caseNumber: 'MUS-2026-000001',
    stage: 'REGISTERED',
    registeredAt: '2026-01-04T06:00:00.000Z',
    updatedAt: '2026-01-04T06:00:00.000Z',
    version: 3,
  };

  it('finds a case by number and phone together, and by neither alone', async () => {
    const statuses = new TypeormCaseStatuses(source);
    await statuses.save(status);
    await new PostgresReporterContacts(database.pool).remember(contact('index-1', 2));
    expect(await statuses.find('MUS', 'MUS-2026-000001', 'index-1')).toEqual(status);
    expect(await statuses.find('MUS', 'MUS-2026-000001', 'index-2')).toBeUndefined();
    expect(await statuses.find('MUS', 'MUS-2026-000002', 'index-1')).toBeUndefined();
    expect(await statuses.find('TOURISM', 'MUS-2026-000001', 'index-1')).toBeUndefined();
  });

  it('asks by the phone given last, whichever was written last', async () => {
    const contacts = new PostgresReporterContacts(database.pool);
    const statuses = new TypeormCaseStatuses(source);
    await statuses.save(status);
    await contacts.remember(contact('index-2', 4));
    await contacts.remember(contact('index-1', 2));
    expect(await statuses.find('MUS', 'MUS-2026-000001', 'index-1')).toBeUndefined();
    await contacts.forget(status.caseId);
    expect(await statuses.find('MUS', 'MUS-2026-000001', 'index-2')).toBeUndefined();
  });

  it('remembers phones that come together in one statement, and writes none that is there already', async () => {
    const contacts = new PostgresReporterContacts(database.pool);
    const query = jest.spyOn(database.pool, 'query');
    const caseIds = [1, 2, 3].map((n) => `00000000-0000-4000-9000-00000000000${n}`);
    const all = caseIds.map((caseId) => ({ ...contact(`index of ${caseId}`, 2), caseId }));
    const rememberAll = (): Promise<unknown> => Promise.all(all.map((each) => contacts.remember(each)));
    await rememberAll();
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
    const written = await writtenBy();
    expect(written).toHaveLength(3);
    await rememberAll();
    expect(await writtenBy()).toEqual(written);
  });

  it('keeps the newer of two states whichever comes last', async () => {
    const statuses = new TypeormCaseStatuses(source);
    await statuses.save({ ...status, stage: 'CLOSED', version: 9 });
    await statuses.save(status);
    expect(await rows()).toMatchObject([{ stage: 'CLOSED', version: 9 }]);
  });

  it('comes out of a rebuild as it was, whatever was dropped or damaged', async () => {
    const intake = desk('QAT-MME');
    const cases: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const caseId = await intake.opened('PHONE', {
        caseType: 'INQUIRY',
        category: 'SERVICE_INQUIRY',
        phone: '+974 3300 0001',
      });
      mustAccept(await intake.register(caseId));
      await intake.intake.statuses.refresh(caseId, 2);
      cases.push(caseId);
    }
    const before = [await rows(), await contactRows()];
    await database.pool.query('truncate reporter_contact');
    await database.pool.query('delete from case_status where case_id = $1', [cases[0]]);
    await database.pool.query("update case_status set stage = 'CLOSED', version = 999 where case_id = $1", [
      cases[1],
    ]);
    await database.pool.query('update case_status set case_id = $1 where case_id = $2', [
      '00000000-0000-4000-9000-00000000dead',
      cases[2],
    ]);
    await database.pool.query(
      "update case_status set case_number = 'QAT-2026-999999' where case_id = '00000000-0000-4000-9000-00000000dead'",
    );
    expect(await intake.intake.statuses.rebuild()).toBe(5);
    expect([await rows(), await contactRows()]).toEqual(before);
  });

  it('forgets the phone of an erased subject', async () => {
    const intake = desk('QAT-MME');
    const caseId = await intake.opened('PHONE', { phone: '+974 3300 0001' });
    const [first] = await intake.events(caseId);
    await intake.platform.privacy.erase(first?.type === 'CaseOpened' ? first.data.subjectId : '');
    await intake.intake.statuses.rebuild();
    expect(await contactRows()).toEqual([]);
  });

  async function rows(): Promise<unknown[]> {
    const all = await source.getRepository(CaseStatusRow).find({ order: { caseNumber: 'asc' } });
    return all.map(({ writtenAt: _, ...row }) => row);
  }

  function contact(phoneIndex: string, version: number) {
    return { tenant: 'MUS', caseId: status.caseId, phoneIndex, version };
  }

  /** The transactions that wrote the contacts. */
  async function writtenBy(): Promise<unknown[]> {
    return (await database.pool.query('select xmin::text, case_id from reporter_contact order by 2')).rows;
  }

  async function contactRows(): Promise<unknown[]> {
    return (await database.pool.query('select * from reporter_contact order by case_id')).rows;
  }
});
