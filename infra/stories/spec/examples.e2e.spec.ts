import { randomUUID } from 'node:crypto';
import { eventually, proves } from '@balagh/testing';
import { Client } from 'pg';
import { type Staff, World } from '../src';
import { inventedPhone } from '../src/story';
import { photoBytes } from '../src/photo';
import { waterNote } from '../src/s3-water-note.story';
import { LaunchedSystem } from './launched-system';

/** Acceptance examples that need more than one service and belong to no story. */
describe('the running system', () => {
  const system = new LaunchedSystem();
  let world: World;
  beforeAll(async () => {
    world = new World(await system.start());
  }, 180_000);
  afterAll(async () => {
    world?.close();
    await system.stop();
  }, 60_000);

  const opened = async (agent: Staff, channel: string, form: object): Promise<string> => {
    const phone = inventedPhone('+96890');
    const { caseId } = await agent.command('Intake', 'OpenCase', { channel, contactReference: phone });
    await agent.command('Intake', 'FillForm', { caseId, form: { language: 'ar', phone, ...form } });
    return caseId;
  };

  it('misses no acknowledged report when intake is killed under load, and has none of them twice', async () => {
    proves('OMH-36');
    const form = {
      caseType: 'NOTE',
      category: 'WATER',
      language: 'ar',
      details: 'تسرب مياه',
      phone: '+96890710001',
    };
    const acknowledged = new Map<string, string>();
    const report = async (key: ReturnType<typeof randomUUID>): Promise<void> => {
      const { status, body } = await world.citizen('/v1/MUS/reports', { channel: 'WEB_PORTAL', form }, key);
      if (status === 201) acknowledged.set(key, String(body['caseNumber']));
    };
    const reports = 40;
    const keys = Array.from({ length: reports }, () => randomUUID());
    const { intake } = system.endpoints().pids;
    if (intake === undefined) throw new Error('no intake process');
    const load = Promise.allSettled(keys.map(report));
    await eventually(() => acknowledged.size >= 5, {
      deadlineMs: 20_000,
      everyMs: 2,
      what: 'reports under way',
    });
    process.kill(intake, 'SIGKILL');
    await load;
    const before = [...acknowledged.values()];
    const missing = () => keys.filter((key) => !acknowledged.has(key));
    expect([before.length >= 5, missing().length > 0]).toEqual([true, true]);

    await eventually(
      async () => {
        await Promise.allSettled(missing().map(report));
        return missing().length === 0;
      },
      { deadlineMs: 60_000, everyMs: 500, what: 'every report to be taken' },
    );
    const numbers = [...acknowledged.values()];
    expect(numbers.slice(0, before.length)).toEqual(before);
    expect(new Set(numbers).size).toBe(reports);
    const auditor = await world.staff('mus.auditor', 'MUS');
    const trails = await Promise.all(numbers.map((number) => auditor.trailWith(number, 'CaseRegistered')));
    for (const trail of trails) expect(trail.filter(({ type }) => type === 'CaseRegistered')).toHaveLength(1);
    expect(await registrations(system.endpoints().adminDatabaseUrl)).toBe(reports);
  }, 180_000);

  it('routes a post with a photo that an agent turned into a case', async () => {
    proves('MUS-07');
    const agent = await world.staff('mus.agent', 'MUS');
    const post = { caseType: 'NOTE', category: 'WATER', details: 'تسرب مياه قرب الدوار' };
    const { caseId } = await agent.command('Intake', 'OpenCase', {
      channel: 'SOCIAL_MEDIA',
      contactReference: '@example_author',
    });
    await agent.command('Intake', 'FillForm', { caseId, form: { language: 'ar', ...post } });
    await agent.command('Intake', 'AddAttachment', { caseId, kind: 'PHOTO', content: photoBytes() });
    const { caseNumber } = await agent.command('Intake', 'RegisterCase', { caseId });
    const auditor = await world.staff('mus.auditor', 'MUS');
    const trail = await auditor.trailWith(caseNumber, 'AttachmentAdded', 'CaseRegistered', 'CaseRouted');
    const data = (type: string) => trail.find((entry) => entry.type === type)?.data;
    expect(data('CaseOpened')).toMatchObject({ channel: 'SOCIAL_MEDIA' });
    expect(data('AttachmentAdded')).toMatchObject({ kind: 'PHOTO' });
    expect(data('CaseRouted')).toMatchObject({ owner: { kind: 'AGENCY', code: 'HAYA_WATER' } });
  }, 60_000);

  it('closes a report by app without any visit', async () => {
    proves('QAT-22');
    await waterNote.play(world);
    const cases = await query<{ channels: string[]; closed: boolean }>(
      system.endpoints().adminDatabaseUrl,
      `select array_agg(distinct metadata::json ->> 'channel') filter (where metadata::json ->> 'channel' is not null) as channels,
         bool_or(type = 'CaseClosed') as closed
       from eventstore.events where category = 'case' group by stream
       having bool_or(type = 'CaseOpened' and data::json ->> 'channel' = 'MOBILE_APP')`,
    );
    expect(cases).toEqual([{ channels: ['MOBILE_APP'], closed: true }]);
  }, 120_000);

  it('redirects a question about an electricity bill and delivers it to nobody', async () => {
    proves('QAT-07');
    const agent = await world.staff('qat.agent', 'QAT-MME');
    const caseId = await opened(agent, 'PHONE', {});
    const { caseNumber } = await agent.command('Intake', 'RedirectCase', {
      caseId,
      body: 'ELECTRICITY_AND_WATER',
    });
    const auditor = await world.staff('qat.auditor', 'QAT-MME');
    const trail = await auditor.trailWith(caseNumber, 'CaseRedirectedOutOfJurisdiction', 'CaseClosed');
    expect(trail.find(({ type }) => type === 'CaseClosed')?.data['outcome']).toBe('REDIRECTED');
    await world.messageWith('SMS', 'الجهة المعنية بالكهرباء والماء');
    const desk = await world.staff('qat.desk', 'QAT-MME');
    await desk.refused('CASE_CLOSED', 'Dispatch', 'ReferCase', {
      caseId,
      owner: { kind: 'UNIT', code: 'ENV_SECTOR' },
    });
    const types = (await auditor.trail(caseId)).entries.map(({ type }) => type);
    expect(types.filter((type) => ['CaseRouted', 'CaseReferred', 'CaseTransferred'].includes(type))).toEqual(
      [],
    );
  }, 60_000);

  it('closes a question that was answered on the call, and the case carries the answer', async () => {
    proves('QAT-12', 'KWT-41');
    const agent = await world.staff('qat.agent', 'QAT-MME');
    const answer = 'المخطط المساحي وسند الملكية';
    const question = { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY', details: 'ما مستندات رخصة البناء؟' };
    const caseId = await opened(agent, 'PHONE', question);
    const { caseNumber } = await agent.command('Intake', 'AnswerInquiry', { caseId, answer });
    const auditor = await world.staff('qat.auditor', 'QAT-MME');
    const trail = await auditor.trailWith(caseNumber, 'CaseRegistered', 'InquiryAnswered', 'CaseClosed');
    const closed = trail.find(({ type }) => type === 'CaseClosed');
    expect([closed?.data['outcome'], closed?.actor, closed?.line]).toEqual([
      'ANSWERED_AT_FIRST_CONTACT',
      'qat.agent',
      '1',
    ]);
    const { entries } = await auditor.ask<{ entries: { type: string; dataJson: string }[] }>(
      'History',
      'GetTrail',
      {
        case: caseId,
        reveal: true,
      },
    );
    const answered = entries.find(({ type }) => type === 'InquiryAnswered');
    expect(JSON.parse(answered?.dataJson ?? '{}')).toMatchObject({ answer });
  }, 60_000);

  it('shows an official of a hosted organisation the whole record, refuses any change and notes the look', async () => {
    proves('MUS-27');
    const agent = await world.staff('mus.agent', 'TOURISM');
    const note = { caseType: 'NOTE', category: 'SITES', details: 'لوحة إرشادية مكسورة عند القلعة' };
    const caseId = await opened(agent, 'PHONE', note);
    const { caseNumber } = await agent.command('Intake', 'RegisterCase', { caseId });
    expect(caseNumber).toMatch(/^TUR-/);
    const official = await world.staff('tourism.official', 'TOURISM');
    const trail = await official.trailWith(
      caseNumber,
      'CaseOpened',
      'CaseRegistered',
      'CaseRouted',
      'CaseSentToSecondLine',
    );
    expect(trail.map(({ revision }) => revision)).toEqual(trail.map((_, index) => index));
    await official.refused('ACTION_NOT_PERMITTED', 'Dispatch', 'ReferCase', { caseId });
    await official.refused('ACTION_NOT_PERMITTED', 'Intake', 'FillForm', {
      caseId,
      form: { language: 'en' },
    });
    expect(await looksAt(system.endpoints().adminDatabaseUrl, caseId)).toContain('tourism.official');
  }, 60_000);
});

async function query<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function registrations(url: string): Promise<number> {
  const [row] = await query<{ n: string }>(
    url,
    `select count(*) as n from eventstore.events where type = 'CaseRegistered'`,
  );
  return Number(row?.n);
}

/** Accounts whose look at the case is on record. */
async function looksAt(url: string, caseId: string): Promise<string[]> {
  const rows = await query<{ by: string }>(
    url,
    `select metadata::json #>> '{actor,id}' as by from eventstore.events where stream = $1 and type = 'CaseViewed'`,
    [`access-${caseId}`],
  );
  return rows.map(({ by }) => by);
}
