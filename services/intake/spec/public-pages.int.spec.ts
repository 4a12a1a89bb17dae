import request from 'supertest';
import { type ServiceUnderTest, startIntake } from './service-under-test';

let intake: ServiceUnderTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake?.stop());

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
    for (const path of ['/v1/NOBODY/form', '/v1/mus/form', '/nobody']) {
      const { status, body } = await request(intake.url).get(path);
      expect([path, status, body.code]).toEqual([path, 404, 'TENANT_UNKNOWN']);
    }
  });
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
    const form = { caseType: 'NOTE', category: 'WATER', details: 'تسرب مياه', phone: '+968 9000 0001' };
    await request(intake.url)
      .post('/v1/MUS/reports')
      .set('idempotency-key', '5f0a7c52-6c0e-4d7b-9a51-1f8f4f3b0001')
      .send({ channel: 'WEB_PORTAL', form })
      .expect(201);
    await request(intake.url).post('/internal/rebuild').expect(401);
    await request(intake.url).post('/internal/rebuild').set('authorization', 'Bearer agent').expect(403);
    const { body } = await request(intake.url)
      .post('/internal/rebuild')
      .set('authorization', 'Bearer admin')
      .expect(200);
    expect(body).toEqual({ rows: 1 });
  });
});
