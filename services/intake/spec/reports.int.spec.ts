import { randomUUID } from 'node:crypto';
import { type CaseEvent, caseStream, foldCase } from '@balagh/case-events';
import { eventually, proves } from '@balagh/testing';
import request, { type Response, type Test } from 'supertest';
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

describe('the form definition', () => {
  it('lists what reporters may use and nothing internal', async () => {
    const { body } = await request(intake.url).get('/v1/MUS/form').expect(200);
    expect(body.channels.map((c: { code: string }) => c.code)).toEqual(['WEB_PORTAL', 'MOBILE_APP']);
    expect(JSON.stringify(body)).not.toMatch(/contacts|agencies|routing|escalation|96890000/);
  });

  it('offers only organisations that take reports on the web', async () => {
    const { body } = await request(intake.url).get('/v1/organisations').expect(200);
    expect(body.organisations.map((o: { code: string }) => o.code)).toEqual(['KWT-MOCI', 'MUS']);
  });

  it('is unknown for an unknown organisation', async () => {
    for (const path of ['/v1/NOBODY/form', '/v1/mus/form', '/nobody', '/v1/%00/form']) {
      const { status, body } = await request(intake.url).get(path);
      expect([path, status, body.code]).toEqual([path, 404, 'TENANT_UNKNOWN']);
    }
  });
});

describe('nonsense', () => {
  const cases: readonly (readonly [string, number, string, () => PromiseLike<Response>])[] = [
    [
      'no idempotency key',
      422,
      'IDEMPOTENCY_KEY_REQUIRED',
      () => request(intake.url).post('/v1/MUS/reports').send(note),
    ],
    [
      'a key that is no UUID',
      422,
      'IDEMPOTENCY_KEY_INVALID',
      () => post('/v1/MUS/reports', 'seven').send(note),
    ],
    ['an unknown organisation', 404, 'TENANT_UNKNOWN', () => post('/v1/NOBODY/reports').send(note)],
    ['no body', 422, 'REPORT_INVALID', () => post('/v1/MUS/reports')],
    ['a list', 422, 'REPORT_INVALID', () => post('/v1/MUS/reports').send([1, 2])],
    [
      'broken JSON',
      400,
      'REQUEST_MALFORMED',
      () => post('/v1/MUS/reports').set('content-type', 'application/json').send('{"channel":'),
    ],
    [
      'wrong types',
      422,
      'FORM_INVALID',
      () =>
        post('/v1/MUS/reports').send({
          ...note,
          form: { caseType: 7, details: { a: 1 }, shopLicensed: 'yes' },
        }),
    ],
    [
      'an unknown answer',
      422,
      'FORM_INVALID',
      () => post('/v1/MUS/reports').send({ ...note, form: { ...note.form, iban: 'x' } }),
    ],
    [
      'a place off the earth',
      422,
      'FORM_INVALID',
      () =>
        post('/v1/MUS/reports').send({
          ...note,
          form: { ...note.form, location: { latitude: 91, longitude: 0 } },
        }),
    ],
    [
      'a channel of staff',
      403,
      'CHANNEL_NOT_SELF_SERVICE',
      () => post('/v1/MUS/reports').send({ ...note, channel: 'PHONE_1111' }),
    ],
    [
      'an unknown channel',
      422,
      'CHANNEL_UNKNOWN',
      () => post('/v1/MUS/reports').send({ ...note, channel: 'PIGEON' }),
    ],
    [
      'an unknown category',
      422,
      'CATEGORY_UNKNOWN',
      () => post('/v1/MUS/reports').send({ ...note, form: { ...note.form, category: 'UFO' } }),
    ],
    [
      'a phone that is none',
      422,
      'FIELD_INVALID',
      () => post('/v1/MUS/reports').send({ ...note, form: { ...note.form, phone: '1' } }),
    ],
    [
      'a body of a megabyte',
      413,
      'BODY_TOO_LARGE',
      () => post('/v1/MUS/reports').send({ ...note, form: { details: 'x'.repeat(1_000_000) } }),
    ],
    [
      'a file of no known type',
      422,
      'ATTACHMENT_TYPE_NOT_ALLOWED',
      () =>
        multipart().attach('photos', Buffer.from('MZ programme'), {
          filename: 'photo.jpg',
          contentType: 'image/jpeg',
        }),
    ],
    [
      'a damaged photo',
      422,
      'ATTACHMENT_UNREADABLE',
      () => photo().then((whole) => multipart().attach('photos', whole.subarray(0, 40), 'photo.png')),
    ],
    [
      'a photo of 11 MB',
      422,
      'ATTACHMENT_TOO_LARGE',
      () => multipart().attach('photos', Buffer.alloc(11 * 1024 * 1024), 'photo.jpg'),
    ],
    [
      'a photo of 13 MB',
      413,
      'BODY_TOO_LARGE',
      () => multipart().attach('photos', Buffer.alloc(13 * 1024 * 1024), 'photo.jpg'),
    ],
    [
      'files under an unknown name',
      400,
      'REQUEST_MALFORMED',
      () => multipart().attach('virus', pdf, 'a.pdf'),
    ],
    [
      'a report part that is no JSON',
      422,
      'REPORT_INVALID',
      () => post('/v1/MUS/reports').field('report', '{'),
    ],
    [
      'a status request without phone',
      422,
      'STATUS_REQUEST_INVALID',
      () => request(intake.url).post('/v1/MUS/status-requests').send({ caseNumber: 'MUS-2026-000001' }),
    ],
    ['a report id that is none', 422, 'REPORT_ID_INVALID', () => post('/v1/MUS/reports/seven/registration')],
    [
      'an attachment request without files',
      403,
      'REPORT_TOKEN_INVALID',
      () => post(`/v1/MUS/reports/${randomUUID()}/attachments`),
    ],
  ];

  it.each(cases)('%s is answered with %d %s', async (_what, status, code, send) => {
    const answer = await send();
    expect([answer.status, answer.body.code, answer.type]).toEqual([
      status,
      code,
      'application/problem+json',
    ]);
  });

  it('a NUL in sealed words does no harm', async () => {
    const answer = await post('/v1/MUS/reports').send({
      ...note,
      form: { ...note.form, details: 'a\u0000b' },
    });
    expect(answer.status).toBe(201);
  });

  it('opens no page for what is refused at once', async () => {
    const before = await openPages();
    await post('/v1/MUS/reports').send({ ...note, form: { ...note.form, category: 'UFO' } });
    await multipart().attach('photos', Buffer.from('MZ programme'), 'photo.jpg');
    expect(await openPages()).toBe(before);
  });

  function multipart(): Test {
    return post('/v1/MUS/reports').field('report', JSON.stringify(note));
  }

  async function openPages(): Promise<number> {
    const { rows } = await intake.database.pool.query<{ n: string }>(
      "select count(*) as n from eventstore.events where type = 'CaseOpened'",
    );
    return Number(rows[0]?.n);
  }
});

describe('what else is served', () => {
  it('describes the API and shows it without a foreign host', async () => {
    const { body } = await request(intake.url).get('/openapi.json').expect(200);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/v1/{tenant}/reports', '/v1/{tenant}/status-requests', '/v1/{tenant}/form']),
    );
    expect(Object.keys(body.paths).filter((path) => path.startsWith('/internal'))).toEqual([]);
    const { text } = await request(intake.url).get('/docs').expect(200);
    expect(text).not.toMatch(/(src|href)="https?:/);
  });

  it('gives the page Arabic first, under a strict content policy', async () => {
    for (const path of ['/', '/MUS']) {
      const { text, headers } = await request(intake.url).get(path).expect(200);
      expect(text).toContain('<html lang="ar" dir="rtl">');
      expect(headers['content-security-policy']).toContain("script-src 'self'");
    }
    for (const asset of ['report.js', 'words.js', 'report.css', 'icon.svg'])
      await request(intake.url).get(`/assets/${asset}`).expect(200);
    await request(intake.url).get('/healthz').expect(200);
  });

  it('rebuilds the look-up for administrators only', async () => {
    await request(intake.url).post('/internal/rebuild').expect(401);
    await request(intake.url).post('/internal/rebuild').set('authorization', 'Bearer agent').expect(403);
    const { body } = await request(intake.url)
      .post('/internal/rebuild')
      .set('authorization', 'Bearer admin')
      .expect(200);
    expect(body.rows).toBeGreaterThan(0);
  });
});
