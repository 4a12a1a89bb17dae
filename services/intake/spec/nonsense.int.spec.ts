import { randomUUID } from 'node:crypto';
import request, { type Response, type Test } from 'supertest';
import { pdf, photo } from './images';
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

function post(path: string, key: string = randomUUID()): Test {
  return request(intake.url).post(path).set('idempotency-key', key);
}

type Answer = Pick<Response, 'status' | 'body' | 'type'>;

/** A body whose length nobody announces. */
async function chunked(path: string, contentType: string, body: string): Promise<Answer> {
  const answer = await fetch(`${intake.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': contentType, 'idempotency-key': randomUUID() },
    body: new Blob([body]).stream(),
    duplex: 'half',
  } as RequestInit);
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
  return { status: answer.status, body: await answer.json(), type };
}

describe('nonsense', () => {
  const cases: readonly (readonly [string, number, string, () => PromiseLike<Answer>])[] = [
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
      'parts that are no form',
      415,
      'MEDIA_TYPE_UNSUPPORTED',
      () =>
        post('/v1/MUS/reports')
          .set('content-type', 'multipart/mixed; boundary=b')
          .send('--b\r\n\r\nx\r\n--b--\r\n'),
    ],
    [
      'a form in capitals without its length',
      422,
      'CONTENT_LENGTH_REQUIRED',
      () => chunked('/v1/MUS/reports', 'Multipart/Form-Data; boundary=b', '--b\r\n\r\nx\r\n--b--\r\n'),
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

  it('a NUL is refused where it stands, in words that would be sealed too', async () => {
    const answer = await post('/v1/MUS/reports').send({
      ...note,
      form: { ...note.form, details: 'a\u0000b' },
    });
    const problems = [{ path: 'body.form.details', problem: 'NOT_UNICODE' }];
    expect([answer.status, answer.body]).toEqual([
      422,
      expect.objectContaining({ code: 'TEXT_NOT_UNICODE', problems }),
    ]);
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
