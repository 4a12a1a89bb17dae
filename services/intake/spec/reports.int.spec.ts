import { randomUUID } from 'node:crypto';
import { type CaseEvent, caseStream, foldCase } from '@balagh/case-events';
import { eventually, proves } from '@balagh/testing';
import request, { type Test } from 'supertest';
import { pdf, photo, photoWithPlace } from './images';
import { type ServiceUnderTest, startIntake } from './service-under-test';

let intake: ServiceUnderTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake?.stop());

const note = {
  channel: 'WEB_PORTAL',
  form: {
    caseType: 'NOTE',
    category: 'WATER',
    details: 'تسرب مياه',
    phone: '+968 9000 0001',
    language: 'ar',
  },
};
const complaint = {
  caseType: 'COMPLAINT',
  category: 'CONSUMER_COMPLAINT',
  reporterName: 'سالم مثال الاختبار',
  civilNumber: '290000000001',
  phone: '55000001',
  shopAddress: 'شارع المثال ١٢',
  invoiceNumber: 'INV-1',
  details: 'المحل يرفض استبدال جهاز معيب',
};

function post(path: string, key: string = randomUUID()): Test {
  return request(intake.url).post(path).set('idempotency-key', key);
}

async function events(caseId: string): Promise<readonly CaseEvent[]> {
  return (await intake.service.platform.streams.load<CaseEvent>(caseStream(caseId))).events;
}

/** Rows of every table. */
async function rows(): Promise<Readonly<Record<string, string>>> {
  const { pool } = intake.database;
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') and tablename !~ 'feed|lease|progress' order by 1`,
  );
  const counted = tables.rows.map(async ({ name }) => {
    const { rows: found } = await pool.query<{ count: string }>(`select count(*) from ${name}`);
    return [name, found[0]?.count ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

/** The consumer that keeps them has caught up with the cases that were registered. */
async function everyStatusIsKept(): Promise<boolean> {
  const counts = await rows();
  return counts['public.case_status'] === counts['public.case_number'];
}

describe('the web form', () => {
  it('is accepted with a number, its channel and the queue of line 1', async () => {
    proves('MUS-03');
    const { status, body } = await post('/v1/MUS/reports').send(note);
    expect([status, body.caseNumber, body.channel, body.queue]).toEqual([
      201,
      expect.stringMatching(/^MUS-2026-\d{6}$/),
      'WEB_PORTAL',
      'line1',
    ]);
    const { channel, stage } = foldCase(await events(body.reportId));
    expect([channel, stage]).toEqual(['WEB_PORTAL', 'REGISTERED']);
  });

  it('registers once when it is posted again with the same key', async () => {
    const key = randomUUID();
    const first = await post('/v1/MUS/reports', key).send(note);
    const second = await post('/v1/MUS/reports', key).send(note);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await events(first.body.reportId)).map((e) => e.type)).toEqual([
      'CaseOpened',
      'FormFilled',
      'CaseRegistered',
    ]);
  });

  it('with a key that was used for another report is refused, and neither report is touched', async () => {
    const key = randomUUID();
    const first = await post('/v1/MUS/reports', key).send(note);
    await eventually(everyStatusIsKept, { what: 'the statuses of the reports before' });
    const before = await rows();
    const other = { ...note, form: { ...note.form, phone: '+968 9000 0002' } };
    const { status, body, headers } = await post('/v1/MUS/reports', key).send(other);
    expect([status, body.code, headers['content-type']]).toEqual([
      422,
      'COMMAND_ID_REUSED',
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await rows()).toEqual(before);
    const again = await post('/v1/MUS/reports', key).send({
      form: Object.fromEntries(Object.entries(note.form).reverse()),
      channel: note.channel,
    });
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('compares the files too, not what they are called', async () => {
    const key = randomUUID();
    const [one, other] = [await photo(), pdf];
    const send = (content: Buffer, filename: string): Test =>
      post('/v1/MUS/reports', key).field('report', JSON.stringify(note)).attach('photos', content, filename);
    const first = await send(one, 'a.png');
    expect(first.status).toBe(201);
    const reused = await send(other, 'a.png');
    expect([reused.status, reused.body.code]).toEqual([422, 'COMMAND_ID_REUSED']);
    const again = await send(one, 'b.png');
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('is not completed with a key that was used to complete it otherwise', async () => {
    const open = await post('/v1/KWT-MOCI/reports').send({
      channel: 'WEB',
      form: { caseType: 'COMPLAINT', category: 'CONSUMER_COMPLAINT' },
    });
    const path = `/v1/KWT-MOCI/reports/${open.body.reportId}`;
    const key = randomUUID();
    const fill = (details: string): Test =>
      request(intake.url)
        .patch(path)
        .set({ 'idempotency-key': key, 'report-token': open.body.reportToken })
        .send({ form: { details } });
    expect((await fill('أولى')).status).toBe(200);
    const reused = await fill('ثانية');
    expect([reused.status, reused.body.code]).toEqual([422, 'COMMAND_ID_REUSED']);
    expect((await fill('أولى')).status).toBe(200);
  });

  it('keeps no personal value in clear, anywhere in the database', async () => {
    const marker = `خصوصي-${randomUUID()}`;
    await post('/v1/MUS/reports').send({
      ...note,
      form: { ...note.form, details: marker, phone: '+968 9111 2345' },
    });
    const { rows } = await intake.database.pool.query<{ text: string }>(
      "select string_agg(t::text, ' ') as text from (select e::text from eventstore.events e union all select c::text from reporter_contact c union all select s::text from case_status s) t",
    );
    expect(rows[0]?.text).not.toContain(marker);
    expect(rows[0]?.text).not.toContain('91112345');
  });
});

describe('the app', () => {
  it('keeps two photos and the point as evidence of the case, without what the photos tell about the phone', async () => {
    proves('MUS-04');
    const report = {
      channel: 'MOBILE_APP',
      form: { ...note.form, location: { latitude: 23.588, longitude: 58.383 } },
    };
    const { status, body } = await post('/v1/MUS/reports')
      .field('report', JSON.stringify(report))
      .attach('photos', await photoWithPlace(), 'leak-1.jpg')
      .attach('photos', await photo(), 'leak-2.png');
    expect(status).toBe(201);
    const history = await events(body.reportId);
    expect(history.map((e) => e.type)).toEqual([
      'CaseOpened',
      'FormFilled',
      'AttachmentAdded',
      'AttachmentAdded',
      'CaseRegistered',
    ]);
    const page = foldCase(history);
    expect([page.attachments, page.form.location]).toEqual([2, { latitude: 23.588, longitude: 58.383 }]);
    expect(history.at(-1)?.data).toMatchObject({
      attachments: 2,
      location: { latitude: 23.588, longitude: 58.383 },
    });
  });
});

describe('a body without end', () => {
  it('is refused, also where no body is asked for', async () => {
    const { body } = await post('/v1/MUS/reports').send(note);
    const refused = await post(`/v1/MUS/reports/${body.reportId}/registration`)
      .set({ 'report-token': body.reportToken, 'content-type': 'application/json' })
      .send(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect([refused.status, refused.body.code]).toEqual([422, 'REQUEST_INVALID']);
  });
});

describe('a report that lacks something', () => {
  it('stays open, says in Arabic what is missing, and is registered when it is completed', async () => {
    proves('KWT-11');
    const refused = await post('/v1/KWT-MOCI/reports').send({
      channel: 'WHATSAPP',
      contactReference: '+965 5500 0001',
      form: complaint,
    });
    expect([refused.status, refused.type, refused.body.code]).toEqual([
      422,
      'application/problem+json',
      'FIELDS_MISSING',
    ]);
    expect(refused.body.missing).toEqual([{ field: 'invoice', ar: 'الفاتورة', en: 'Invoice' }]);
    const { reportId, reportToken } = refused.body;
    expect((await events(reportId)).at(-1)?.type).toBe('RequiredFieldsMissing');
    const path = `/v1/KWT-MOCI/reports/${reportId}`;
    const added = await post(`${path}/attachments`)
      .set('report-token', reportToken)
      .attach('invoice', pdf, 'invoice.pdf');
    expect(added.status).toBe(201);
    const registered = await post(`${path}/registration`).set('report-token', reportToken);
    expect([registered.status, registered.body.caseNumber]).toEqual([
      201,
      expect.stringMatching(/^MOCI-2026-\d{6}$/),
    ]);
  });

  it('gets all files of a request or none of them', async () => {
    const { body } = await post('/v1/MUS/reports').send({
      ...note,
      form: { ...note.form, category: 'CLEANLINESS' },
    });
    const send = async (second: Buffer): Promise<number> => {
      const sent = post(`/v1/MUS/reports/${body.reportId}/attachments`).set('report-token', body.reportToken);
      return (await sent.attach('photos', await photo(), '1.png').attach('photos', second, '2.png')).status;
    };
    expect(await send(Buffer.from('just words'))).toBe(422);
    expect(await send(await photo('#112233'))).toBe(201);
    const added = (await events(body.reportId)).filter(({ type }) => type === 'AttachmentAdded');
    expect(added).toHaveLength(2);
  });

  it('is completed answer by answer', async () => {
    const { details: _, ...form } = note.form;
    const refused = await post('/v1/MUS/reports').send({ ...note, form });
    expect(refused.body.missing).toEqual([{ field: 'details', ar: 'تفاصيل الحالة', en: 'Case details' }]);
    const path = `/v1/MUS/reports/${refused.body.reportId}`;
    const withToken = (test: Test): Test =>
      test.set('report-token', refused.body.reportToken).set('idempotency-key', randomUUID());
    expect(
      (await withToken(request(intake.url).patch(path)).send({ form: { details: 'تسرب مياه' } })).status,
    ).toBe(200);
    expect((await withToken(request(intake.url).post(`${path}/registration`))).body.caseNumber).toMatch(
      /^MUS-/,
    );
  });

  it('is completed by nobody else', async () => {
    const { body } = await post('/v1/MUS/reports').send({
      ...note,
      form: { ...note.form, category: 'CLEANLINESS' },
    });
    const path = `/v1/MUS/reports/${body.reportId}/registration`;
    for (const token of ['', 'guessed', `${body.reportToken}x`]) {
      const refused = await post(path).set('report-token', token);
      expect([refused.status, refused.body.code]).toEqual([403, 'REPORT_TOKEN_INVALID']);
    }
    expect(
      (await post(`/v1/KWT-MOCI/reports/${body.reportId}/registration`).set('report-token', body.reportToken))
        .status,
    ).toBe(403);
  });
});

describe('asking for the status', () => {
  it('tells it to who knows number and phone, and the same refusal to everybody else', async () => {
    const { body } = await post('/v1/MUS/reports').send({
      ...note,
      form: { ...note.form, phone: '+968 9222 0001' },
    });
    const ask = (caseNumber: string, phone: string): Test =>
      request(intake.url).post('/v1/MUS/status-requests').send({ caseNumber, phone });
    const found = await eventually(async () => {
      const answer = await ask(` ${body.caseNumber.toLowerCase()} `, '٩٢٢٢٠٠٠١');
      return answer.status === 200 ? answer : undefined;
    });
    expect(found.body).toEqual({
      caseNumber: body.caseNumber,
      stage: 'REGISTERED',
      status: { ar: 'تم التسجيل', en: 'Registered' },
      registeredAt: '2026-01-04T06:00:00.000Z',
      updatedAt: '2026-01-04T06:00:00.000Z',
    });
    const wrongPhone = await ask(body.caseNumber, '+96890999999');
    const wrongNumber = await ask('MUS-2026-999999', '+96892220001');
    const noPhone = await ask(body.caseNumber, 'none');
    expect([wrongPhone.status, wrongPhone.body.code]).toEqual([404, 'CASE_NOT_FOUND']);
    expect([wrongNumber.body, noPhone.body]).toEqual([wrongPhone.body, wrongPhone.body]);
  });
});
