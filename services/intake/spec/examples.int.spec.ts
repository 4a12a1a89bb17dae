import { randomUUID } from 'node:crypto';
import { type Author, type CaseEvent, caseStream, foldCase } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { createStreams } from '@balagh/event-store';
import { eventually, proves } from '@balagh/testing';
import request, { type Test } from 'supertest';
import { type ServiceUnderTest, startIntake } from './service-under-test';

let intake: ServiceUnderTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake?.stop());

/** Milliseconds within which 95 of 100 pages are open when all 30 lines ring at once. */
const limitMs = 3_000;

function report(tenant: string, body: object): Test {
  return request(intake.url)
    .post(`/v1/${tenant}/reports`)
    .set('idempotency-key', randomUUID())
    .send(body)
    .expect(201);
}

function ask(tenant: string, caseNumber: string, phone: string): Test {
  return request(intake.url).post(`/v1/${tenant}/status-requests`).send({ caseNumber, phone });
}

/** What another service wrote into the case. */
async function happened(author: Author, caseId: string, tenant: string, event: CaseEvent): Promise<void> {
  const commandId = randomUUID();
  const streams = createStreams(intake.service.platform.eventStore, {
    author,
    now: () => '2026-01-05T06:00:00.000Z',
  });
  const actor = { kind: 'system', id: author, organisation: tenant } as const;
  const ids = { commandId, causationId: commandId, correlationId: caseId };
  await streams.execute(caseStream(caseId), { ...ids, tenant, actor, line: 'system' }, () => accept(event));
}

describe('thirty lines that ring at once', () => {
  it('get a page each, none is refused, and a repeated command opens no second one', async () => {
    proves('MUS-23');
    const agent = intake.client('agent');
    const commands = Array.from({ length: 30 }, () => ({
      header: {
        commandId: randomUUID(),
        tenant: 'MUS',
        expectedDecisionVersion: 0,
        correlationId: '',
        occurredAt: '',
      },
      channel: 'PHONE_1111',
      contactReference: '+968 9000 0001',
    }));
    const open = async (command: (typeof commands)[number]) => {
      const started = performance.now();
      const { caseId } = await agent.openCase(command);
      return { caseId, ms: performance.now() - started };
    };
    const first = await Promise.all(commands.map(open));
    const again = await Promise.all(commands.map(open));
    agent.close();
    expect(again.map(({ caseId }) => caseId)).toEqual(first.map(({ caseId }) => caseId));
    expect(new Set(first.map(({ caseId }) => caseId)).size).toBe(30);
    for (const { caseId } of first) {
      const { events } = await intake.service.platform.streams.load<CaseEvent>(caseStream(caseId));
      expect([events[0]?.type, foldCase(events).channel]).toEqual(['CaseOpened', 'PHONE_1111']);
    }
    const { rows } = await intake.database.pool.query<{ n: string }>(
      "select count(*) as n from eventstore.events where type = 'CaseOpened'",
    );
    expect(Number(rows[0]?.n)).toBe(30);
    const slowest = first.map(({ ms }) => ms).sort((one, other) => one - other);
    expect(slowest[28]).toBeLessThan(limitMs);
  });
});

describe('the status of a case', () => {
  it('with the third line is told in Arabic to who knows number and phone, and nothing personal with it', async () => {
    proves('MUS-02');
    const phone = '+968 9333 0001';
    const form = {
      caseType: 'NOTE',
      category: 'WATER',
      details: 'تسرب مياه',
      reporterName: 'سالم مثال',
      phone,
    };
    const { body } = await report('MUS', { channel: 'WEB_PORTAL', form });
    await happened('dispatch', body.reportId, 'MUS', {
      type: 'CaseReferred',
      data: {
        referralId: randomUUID(),
        owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS' },
        referralDate: '2026-01-05',
        dueAt: '2026-01-08T19:59:59.999Z',
      },
    });
    const told = await eventually(async () => {
      const answer = await ask('MUS', body.caseNumber, phone);
      return answer.body.stage === 'WITH_THIRD_LINE' ? answer.body : undefined;
    });
    expect(told).toEqual({
      caseNumber: body.caseNumber,
      stage: 'WITH_THIRD_LINE',
      status: {
        ar: 'قيد المعالجة لدى جهة الاختصاص',
        en: 'Being handled by the competent party',
      },
      registeredAt: '2026-01-04T06:00:00.000Z',
      updatedAt: '2026-01-05T06:00:00.000Z',
    });
  });

  it('that came by WhatsApp shows on the web site under its number and the phone, to nobody else', async () => {
    proves('KWT-36');
    const form = { caseType: 'SUGGESTION', category: 'IDEAS', details: 'فكرة' };
    const { body } = await report('KWT-MOCI', {
      channel: 'WHATSAPP',
      contactReference: '+965 5500 0009',
      form,
    });
    const shown = await eventually(async () => {
      const answer = await ask('KWT-MOCI', body.caseNumber, '+96555000009');
      return answer.status === 200 ? answer.body : undefined;
    });
    expect([shown.caseNumber, shown.stage]).toEqual([body.caseNumber, 'REGISTERED']);
    expect((await ask('KWT-MOCI', body.caseNumber, '+96555000008')).status).toBe(404);
  });
});
