import 'reflect-metadata';
import { status } from '@grpc/grpc-js';
import { type partner } from '@balagh/contracts';
import { type Profile } from '@balagh/profile';
import { encodePageToken } from '@balagh/runtime';
import { type TestDatabase, proves, testDatabase } from '@balagh/testing';
import { caseInQueue } from './cases.fixture';
import { HAYA, profileOf } from './history.fixture';
import { RunningDispatch, agency, distributor, newWorld, uuid } from './running-service.fixture';

/** MUS with the consumer protection switched to `mode`. */
const withPacp = (mode: 'OFF' | 'TRANSFER' | 'LIVE_SHARED'): Profile => {
  const profile = profileOf('MUS', {
    deadlines: [{ code: 'OWNER_REPLY', when: {}, from: 'DELIVERY', amount: 3, unit: 'WORKING_DAYS' }],
  });
  return {
    ...profile,
    agencies: profile.agencies.map((a) => (a.code === 'PACP' ? { ...a, mode, progressActions: false } : a)),
  };
};

jest.setTimeout(30_000);

describe('the partner entrance', () => {
  let database: TestDatabase;
  let running: RunningDispatch;

  beforeEach(async () => {
    database = await testDatabase();
    running = await RunningDispatch.start(newWorld(database.url, [withPacp('TRANSFER')]));
  });
  afterEach(async () => {
    await running.stop();
    await database.close();
  });

  const ask = <Reply>(method: string, code: string, request: object) =>
    running.call<Reply & { readonly error?: undefined }>('Partner', method, agency(code), {
      tenant: 'MUS',
      ...request,
    });
  const outcome = async (method: string, code: string, request: object): Promise<string> =>
    (await ask<partner.PartnerResult>(method, code, request)).error?.reason ?? 'ACCEPTED';
  /** A case transferred to the agency; the transfer id is the command's id. */
  const transferred = async (
    n: number,
    code = 'HAYA_WATER',
  ): Promise<{ caseId: string; transferId: string }> => {
    const caseId = await caseInQueue(running, n, { kind: 'AGENCY', code });
    const transferId = uuid(7, n);
    const answer = await running.command(
      'transferCase',
      distributor,
      { caseId, note: 'عاجل' },
      { commandId: transferId },
    );
    expect(answer.error).toBeUndefined();
    return { caseId, transferId };
  };
  const listed = async (code: string, change: object = {}): Promise<partner.ListTransfersResponse> => {
    const page = await ask<partner.ListTransfersResponse>('listTransfers', code, {
      pageSize: 0,
      pageToken: '',
      ...change,
    });
    if (page.error !== undefined) throw new Error(page.error.reason);
    return page;
  };

  it('keeps a transfer when a careless client uses its id again for another case', async () => {
    const { caseId, transferId } = await transferred(81);
    const other = await caseInQueue(running, 82, HAYA);
    const reused = await running.command(
      'transferCase',
      distributor,
      { caseId: other, note: 'عاجل' },
      { commandId: transferId },
    );
    expect(reused.error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'COMMAND_ID_REUSED' });
    expect((await listed('HAYA_WATER')).transfers.map((t) => [t.transferId, t.caseNumber])).toEqual([
      [transferId, 'MUS-2026-000081'],
    ]);
    expect(await running.types(caseId)).toContain('CaseTransferred');
    expect(await running.types(other)).not.toContain('CaseTransferred');
  });

  it('puts every refusal of an agency on record beside the case it asked for, not in it', async () => {
    const { caseId, transferId } = await transferred(71);
    const before = await running.types(caseId);
    expect(await outcome('getTransfer', 'OMANTEL', { transferId })).toBe('TRANSFER_UNKNOWN');
    expect(await outcome('acknowledge', 'PACP', { transferId, commandId: uuid(8, 971) })).toBe(
      'TRANSFER_UNKNOWN',
    );
    expect(
      await outcome('acknowledge', 'HAYA_WATER', { tenant: 'QAT-MME', transferId, commandId: uuid(8, 972) }),
    ).toBe('TENANT_FOREIGN');
    const read = await running.world.store.readStream(`access-${caseId}`);
    const refusals = (read.kind === 'found' ? read.events : []).map(({ type, data, metadata }) => {
      const { action, code } = JSON.parse(data) as Record<string, string>;
      const { actor, tenant, line } = JSON.parse(metadata) as {
        actor: { kind: string; id: string };
        tenant: string;
        line: string;
      };
      return [type, action, code, actor.kind, actor.id, tenant, line];
    });
    expect(refusals).toEqual([
      ['AccessDenied', 'transfer.view', 'AGENCY_FOREIGN', 'partner', 'agency.omantel', 'MUS', 'partner'],
      ['AccessDenied', 'case.acknowledge', 'AGENCY_FOREIGN', 'partner', 'agency.pacp', 'MUS', 'partner'],
      [
        'AccessDenied',
        'case.acknowledge',
        'TENANT_FOREIGN',
        'partner',
        'agency.haya_water',
        'MUS',
        'partner',
      ],
    ]);
    expect(await running.types(caseId)).toEqual(before);
  });

  it('lists to each agency its own open transfers, oldest first, in pages', async () => {
    proves('MUS-49');
    for (const n of [1, 2, 3]) {
      await transferred(n);
      running.world.clock.advance(60_000);
    }
    await transferred(4, 'OMANTEL');
    const first = await listed('HAYA_WATER', { pageSize: 2 });
    expect(first.transfers.map(({ caseNumber }) => caseNumber)).toEqual([
      'MUS-2026-000001',
      'MUS-2026-000002',
    ]);
    const second = await listed('HAYA_WATER', { pageSize: 2, pageToken: first.nextPageToken });
    expect(second).toEqual({
      transfers: [
        {
          transferId: uuid(7, 3),
          caseNumber: 'MUS-2026-000003',
          category: 'CLEANLINESS',
          transferredAt: '2026-03-01T08:02:00.000Z',
          dueAt: '2026-03-04T19:59:59.999Z',
          acknowledged: false,
        },
      ],
      nextPageToken: '',
    });
    expect((await listed('OMANTEL')).transfers.map(({ transferId }) => transferId)).toEqual([uuid(7, 4)]);
    expect((await listed('OOREDOO')).transfers).toEqual([]);
  });

  it.each(['0000-01-01T00:00:00.000Z', `2026-03-01T08:00:00.${'1'.repeat(400)}Z`])(
    'refuses a page token with an instant that no transfer has: %s',
    async (transferredAt) => {
      const pageToken = encodePageToken({ transferredAt, transferId: uuid(7, 1) });
      await expect(listed('HAYA_WATER', { pageToken })).rejects.toThrow('PAGE_TOKEN_INVALID');
    },
  );

  it('opens to the agency what it needs to solve the case', async () => {
    const { transferId } = await transferred(1);
    expect(await ask<partner.Transfer>('getTransfer', 'HAYA_WATER', { transferId })).toMatchObject({
      summary: { transferId, caseNumber: 'MUS-2026-000001' },
      details: 'تفاصيل 1',
      address: 'عنوان 1',
      latitude: 23.588,
      longitude: 58.383,
      note: 'عاجل',
    });
  });

  it('finds a transfer and its case by ids in capitals', async () => {
    const caseId = await caseInQueue(running, 1, HAYA);
    const transferId = '7abcdef0-0000-4000-8000-000000000001';
    await running.command('transferCase', distributor, { caseId }, { commandId: transferId.toUpperCase() });
    const asked = { transferId: transferId.toUpperCase() };
    expect(await ask<partner.Transfer>('getTransfer', 'HAYA_WATER', asked)).toMatchObject({
      summary: { transferId, caseNumber: 'MUS-2026-000001' },
    });
    const acknowledge = { ...asked, commandId: uuid(6, 1), externalReference: '' };
    expect(await ask<partner.PartnerResult>('acknowledge', 'HAYA_WATER', acknowledge)).toMatchObject({
      transferId,
    });
  });

  it('hides other agencies’ transfers as if they did not exist', async () => {
    const { transferId } = await transferred(1);
    for (const id of [transferId, uuid(7, 99), 'no uuid']) {
      const answer = await ask<partner.Transfer>('getTransfer', 'OMANTEL', { transferId: id });
      expect(answer.error).toMatchObject({ code: status.NOT_FOUND, reason: 'TRANSFER_UNKNOWN' });
    }
    expect(
      await outcome('acknowledge', 'OMANTEL', { transferId, commandId: uuid(6, 1), externalReference: '' }),
    ).toBe('TRANSFER_UNKNOWN');
  });

  it('takes acknowledgement, progress and one answer, each attributed to the agency', async () => {
    proves('MUS-17');
    const { caseId, transferId } = await transferred(1);
    const acknowledge = { transferId, commandId: uuid(6, 1), externalReference: 'HW-77' };
    const first = await ask<partner.PartnerResult>('acknowledge', 'HAYA_WATER', acknowledge);
    expect(await ask('acknowledge', 'HAYA_WATER', acknowledge)).toEqual(first);
    // What the agency has just done is there when it looks, however far the lists are.
    expect(await ask<partner.Transfer>('getTransfer', 'HAYA_WATER', { transferId })).toMatchObject({
      summary: { transferId, caseNumber: 'MUS-2026-000001', acknowledged: true },
    });
    expect((await listed('HAYA_WATER')).transfers).toMatchObject([{ acknowledged: true }]);
    expect(
      await outcome('addAction', 'HAYA_WATER', {
        transferId,
        commandId: uuid(6, 2),
        description: 'فريق في الموقع',
        state: 'OPEN',
      }),
    ).toBe('ACCEPTED');
    const answer = { transferId, resolution: 'تم إصلاح التسرب', result: 'SOLVED' };
    expect(
      await outcome('returnResolution', 'HAYA_WATER', { ...answer, resolution: '', commandId: uuid(6, 3) }),
    ).toBe('RESOLUTION_EMPTY');
    expect(await outcome('returnResolution', 'HAYA_WATER', { ...answer, commandId: uuid(6, 4) })).toBe(
      'ACCEPTED',
    );
    expect(await outcome('returnResolution', 'HAYA_WATER', { ...answer, commandId: uuid(6, 4) })).toBe(
      'ACCEPTED',
    );
    expect(await outcome('returnResolution', 'HAYA_WATER', { ...answer, commandId: uuid(6, 5) })).toBe(
      'CASE_NOT_WITH_THIRD_LINE',
    );
    expect((await listed('HAYA_WATER')).transfers).toEqual([]);
    const written = (await running.events(caseId)).slice(-3);
    expect(written[0]?.data).toMatchObject({ externalReference: 'HW-77' });
    expect(written.map(({ type, data, metadata }) => [type, data['source'], metadata['line']])).toEqual([
      ['Acknowledged', 'HAYA_WATER', 'partner'],
      ['ActionAdded', 'HAYA_WATER', 'partner'],
      ['ResolutionReturned', 'HAYA_WATER', 'partner'],
    ]);
  });

  it('does not take an answer to an earlier transfer for the present one', async () => {
    const { caseId, transferId } = await transferred(1);
    const answer = { resolution: 'تم', result: 'SOLVED' };
    await outcome('returnResolution', 'HAYA_WATER', { transferId, commandId: uuid(6, 1), ...answer });
    await running.command(
      'transferCase',
      distributor,
      { caseId, agency: HAYA.code },
      { commandId: uuid(7, 50) },
    );
    expect(
      await outcome('returnResolution', 'HAYA_WATER', { transferId, commandId: uuid(6, 2), ...answer }),
    ).toBe('CASE_NOT_WITH_THIRD_LINE');
    expect(
      await outcome('returnResolution', 'HAYA_WATER', {
        transferId: uuid(7, 50),
        commandId: uuid(6, 3),
        ...answer,
      }),
    ).toBe('ACCEPTED');
  });

  it('follows the agency’s switch at once: only LIVE_SHARED updates actions', async () => {
    proves('MUS-37');
    const { caseId, transferId } = await transferred(1, 'PACP');
    const action = (n: number) => ({
      transferId,
      commandId: uuid(6, n),
      description: 'تم استدعاء المحل',
      state: 'OPEN',
    });
    const refused = await ask<partner.PartnerResult>('addAction', 'PACP', action(1));
    expect(refused.error).toMatchObject({ code: status.PERMISSION_DENIED, reason: 'MODE_NOT_PERMITTED' });
    expect(
      await outcome('acknowledge', 'PACP', { transferId, commandId: uuid(6, 2), externalReference: '' }),
    ).toBe('ACCEPTED');
    running.world.profiles.push(withPacp('LIVE_SHARED'));
    expect(await outcome('addAction', 'PACP', action(3))).toBe('ACCEPTED');
    expect((await running.events(caseId)).at(-1)).toMatchObject({
      type: 'ActionAdded',
      data: { source: 'PACP' },
    });
    running.world.profiles.push(withPacp('OFF'));
    expect(await outcome('addAction', 'PACP', action(4))).toBe('MODE_NOT_PERMITTED');
    expect(await outcome('getTransfer', 'PACP', { transferId })).toBe('MODE_NOT_PERMITTED');
  });

  it('is closed to staff, and staff’s entrance to partners', async () => {
    const { caseId, transferId } = await transferred(1);
    const answer = await running.call<{ error?: undefined }>('Partner', 'getTransfer', distributor, {
      tenant: 'MUS',
      transferId,
    });
    expect(answer.error?.reason).toBe('ACTION_NOT_PERMITTED');
    expect(await running.outcome('closeCase', agency('HAYA_WATER'), { caseId })).toBe('ACTION_NOT_PERMITTED');
    expect(
      await running.outcome('acknowledge', agency('HAYA_WATER'), { caseId, externalReference: '' }),
    ).not.toEqual(['Acknowledged']);
  });
});
