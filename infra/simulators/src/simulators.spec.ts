import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@balagh/testing';
import { createTransport } from 'nodemailer';
import { type RunningSimulators, type SentMessage, startSimulators } from './index';

let simulators: RunningSimulators;
beforeEach(async () => {
  simulators = await startSimulators({ host: '127.0.0.1', httpPort: 0, smtpPort: 0, deliverAfterMs: 20 });
});
afterEach(() => simulators.stop());

const post = (path: string, body: unknown, timeoutMs = 2_000) =>
  fetch(simulators.httpUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
const sms = (reference: string, to = '+96890000001', text = 'نص') =>
  post('/sms/messages', { reference, to, text }, 500);
const sent = async (query = ''): Promise<SentMessage[]> =>
  ((await (await fetch(`${simulators.httpUrl}/messages${query}`)).json()) as { messages: SentMessage[] })
    .messages;
const asked = async (...references: string[]) =>
  (await (
    await fetch(`${simulators.httpUrl}/sms/messages?${references.map((r) => `reference=${r}`).join('&')}`)
  ).json()) as {
    messages: { reference: string; status: string }[];
  };

describe('a text gateway', () => {
  it('accepts a reference once, however often it is submitted', async () => {
    expect((await sms('r-1')).status).toBe(202);
    expect((await sms('r-1')).status).toBe(200);
    expect(await sent()).toMatchObject([
      { channel: 'SMS', reference: 'r-1', to: '+96890000001', text: 'نص', attempts: 2 },
    ]);
  });

  it('says what became of references, and nothing of those it does not know', async () => {
    await sms('r-1');
    await eventually(async () => (await asked('r-1')).messages[0]?.status === 'DELIVERED');
    expect((await asked('r-1', 'r-2')).messages.map((m) => m.reference)).toEqual(['r-1']);
  });

  it('keeps the channels apart', async () => {
    await sms('r-1');
    await post('/whatsapp/messages', { reference: 'r-1', to: '+96590000001', text: 'x' });
    await post('/fax/messages', { reference: 'r-1', to: '+96890000002', text: 'x' });
    expect((await sent()).map((m) => m.channel)).toEqual(['FAX', 'WHATSAPP', 'SMS']);
    expect(await sent('?channel=WHATSAPP&to=%2B96590000001&text=x')).toHaveLength(1);
  });

  it('refuses what is no phone number and what is no message', async () => {
    expect((await sms('r-1', 'nobody')).status).toBe(422);
    expect((await post('/sms/messages', { reference: 'r-2' })).status).toBe(422);
    expect(await sent()).toEqual([]);
  });
});

describe('a fault', () => {
  it.each([
    ['reject', 422],
    ['unavailable', 503],
  ])('%s refuses with %i as often as counted, then ends', async (mode, status) => {
    await post('/sms/faults', { mode, count: 1 });
    expect((await sms('r-1')).status).toBe(status);
    expect((await sms('r-1')).status).toBe(202);
    expect(await sent()).toHaveLength(1);
  });

  it('hang neither answers nor accepts', async () => {
    await post('/sms/faults', { mode: 'hang', count: 1 });
    await expect(sms('r-1')).rejects.toThrow(/timeout/);
    expect(await sent()).toEqual([]);
  });

  it.each(['answer-late', 'cut-after-accept'])('%s accepts without an answer in time', async (mode) => {
    await post('/sms/faults', { mode, count: 1 });
    await expect(sms('r-1')).rejects.toThrow();
    expect(await sent()).toHaveLength(1);
  });

  it('must be one of the known modes', async () => {
    expect((await post('/sms/faults', { mode: 'explode' })).status).toBe(422);
    expect((await post('/sms/faults', { mode: 'hang', count: 0 })).status).toBe(422);
  });
});

describe('the mail server', () => {
  const mail = async (timeoutMs = 1_000) => {
    const transport = createTransport({ url: simulators.smtpUrl, socketTimeout: timeoutMs } as never);
    try {
      await transport.sendMail({
        from: 'centre@balagh.invalid',
        to: 'reporter@balagh.invalid',
        subject: 'بلاغكم',
        text: 'تم تسجيل بلاغكم',
        messageId: '<m-1@balagh.invalid>',
      });
    } finally {
      transport.close();
    }
  };

  it('keeps recipient, subject, text and Message-ID', async () => {
    await mail();
    expect(await sent('?channel=EMAIL')).toMatchObject([
      { reference: 'm-1', to: 'reporter@balagh.invalid', subject: 'بلاغكم', text: 'تم تسجيل بلاغكم' },
    ]);
  });

  it('refuses for good or for now', async () => {
    await post('/mail/faults', { mode: 'reject', count: 1 });
    await expect(mail()).rejects.toMatchObject({ responseCode: 550 });
    await post('/mail/faults', { mode: 'unavailable', count: 1 });
    await expect(mail()).rejects.toMatchObject({ responseCode: 451 });
    expect(await sent()).toEqual([]);
  });

  it('can accept and fall silent', async () => {
    await post('/mail/faults', { mode: 'cut-after-accept', count: 1 });
    await expect(mail(300)).rejects.toThrow();
    expect(await sent()).toHaveLength(1);
  });
});

describe('the log', () => {
  it('is emptied on demand', async () => {
    await sms('r-1');
    expect((await fetch(`${simulators.httpUrl}/messages`, { method: 'DELETE' })).status).toBe(204);
    expect(await sent()).toEqual([]);
  });

  it('survives a restart, and so does the knowledge of accepted references', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'simulators-'));
    const options = { host: '127.0.0.1', httpPort: 0, smtpPort: 0, dataDir };
    await simulators.stop();
    simulators = await startSimulators(options);
    await sms('r-1');
    await simulators.stop();
    simulators = await startSimulators(options);
    expect((await sms('r-1')).status).toBe(200);
    expect(await sent()).toHaveLength(1);
    rmSync(dataDir, { recursive: true });
  });

  it('has a page in Arabic, right to left, and in English', async () => {
    const arabic = await (await fetch(simulators.httpUrl)).text();
    expect(arabic).toContain('<html lang="ar" dir="rtl">');
    expect(arabic).toContain('الرسائل المرسلة');
    expect(await (await fetch(`${simulators.httpUrl}/?lang=en`)).text()).toContain(
      '<html lang="en" dir="ltr">',
    );
    expect((await fetch(`${simulators.httpUrl}/page.js`)).headers.get('content-type')).toContain(
      'javascript',
    );
  });
});
