import { CaseHidden, type Role } from '@balagh/runtime';
import { type Channels } from '../src/application/channel.port';
import { ListMessages } from '../src/application/list-messages.handler';
import { RebuildMessages } from '../src/application/rebuild-messages.handler';
import { ReconcileMessage } from '../src/application/reconcile-message.handler';
import { FakeGateway, FakeMail } from './fake-channel';
import { World, caseId, filled, opened, registered, subjectId } from './world';

const MUS = 'MUS';
const role: Role = 'LINE2';
const context = (n: number) => ({
  commandId: `80000000-0000-4000-8000-00000000000${n}`,
  tenant: MUS,
  actor: { kind: 'staff', id: `account-${role}`, organisation: MUS } as const,
  line: '2' as const,
  correlationId: caseId,
  causationId: `80000000-0000-4000-8000-00000000000${n}`,
});

async function openCase(channel: FakeGateway | FakeMail) {
  const world = new World({ tenant: MUS, channels: [channel] });
  const address = channel.canBeAsked
    ? { phone: await world.seal('+96890000001') }
    : { email: await world.seal('reporter@example.invalid') };
  await world.happened(opened('PHONE_1111'), filled(address), registered({ reachableBy: [] }));
  await world.redelivered();
  const { messages, table, clock, platform } = world;
  const channels: Channels = new Map([[channel.channel, channel]]);
  const reconciliation = new ReconcileMessage({ messages, channels, table, clock, wake: () => undefined });
  const list = new ListMessages({ streams: platform.streams, messages });
  const [row] = [...table.held.values()];
  const messageId = row?.row.messageId ?? '';
  return { world, reconciliation, list, messageId };
}

describe('the list of messages', () => {
  it('follows each message from request to delivery', async () => {
    const sms = new FakeGateway('SMS');
    const { world, list, messageId } = await openCase(sms);
    const about = {
      messageId,
      trigger: 'CaseRegistered',
      template: 'MUS_REGISTERED',
      recipient: 'REPORTER',
      requestedAt: '2026-05-04T06:00:00.000Z',
    };
    expect(await list.list(MUS, caseId)).toEqual([
      { ...about, channel: '', state: 'REQUESTED', attempts: 0, settledAt: '' },
    ]);
    await world.work();
    expect(await list.list(MUS, caseId)).toMatchObject([
      { ...about, channel: 'SMS', state: 'ACCEPTED', attempts: 1 },
    ]);
    await world.pass(60_000);
    expect(await list.list(MUS, caseId)).toMatchObject([
      { ...about, state: 'DELIVERED', settledAt: '2026-05-04T06:00:30.000Z' },
    ]);
  });

  it('shows a message between two attempts as requested, a refused one as rejected', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('down', 'refuse');
    const { world, list } = await openCase(sms);
    await world.work();
    expect(await list.list(MUS, caseId)).toMatchObject([{ state: 'REQUESTED', attempts: 1 }]);
    await world.pass(30_000);
    expect(await list.list(MUS, caseId)).toMatchObject([{ state: 'REJECTED', attempts: 2 }]);
    expect((await world.told()).at(-1)).toMatchObject({ data: { reason: 'REJECTED' } });
  });

  it('shows a request that could reach nobody', async () => {
    const world = new World({ tenant: MUS, channels: [] });
    await world.happened(opened('PHONE_1111'), registered({ reachableBy: [] }));
    await world.redelivered();
    const list = new ListMessages({ streams: world.platform.streams, messages: world.messages });
    expect(await list.list(MUS, caseId)).toMatchObject([{ state: 'UNREACHABLE', attempts: 0 }]);
  });

  it('hides the case of another organisation', async () => {
    const { list } = await openCase(new FakeGateway('SMS'));
    const refusal: unknown = await list.list('TOURISM', caseId).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CASE_NOT_FOUND' });
    if (!(refusal instanceof CaseHidden)) throw new Error('the refusal leaves no record');
    expect(refusal.denial).toMatchObject({ code: 'TENANT_FOREIGN', action: 'message.view', caseId });
  });

  it('knows of no case that does not exist, and leaves no record of it', async () => {
    const { list } = await openCase(new FakeGateway('SMS'));
    const refusal: unknown = await list.list(MUS, subjectId).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CASE_NOT_FOUND' });
    expect(refusal).not.toBeInstanceOf(CaseHidden);
  });
});

describe('reconciling', () => {
  it('finds out that the message was taken, answers alike when repeated, and never sends', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('unheard');
    sms.silent = true;
    const { world, reconciliation, messageId } = await openCase(sms);
    await world.work();
    await world.pass(20 * 60_000);
    sms.silent = false;
    const first = await reconciliation.reconcile(messageId, context(1));
    expect(first).toMatchObject({ state: 'ACCEPTED', attempts: 1 });
    expect(await reconciliation.reconcile(messageId, context(1))).toEqual(first);
    await world.work();
    expect((await world.told()).map(({ type }) => type)).toEqual([
      'NotificationRequested',
      'NotificationFailed',
      'NotificationSent',
    ]);
    expect(sms.submissions).toBe(1);
    const accepted = (await world.messageEvents(messageId)).find(({ type }) => type === 'MessageAccepted');
    expect(accepted?.metadata).toMatchObject({ line: '2', actor: { id: 'account-LINE2' } });
  });

  it('gives up a message that never arrived, once line 2 was told of the doubt', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('lost');
    sms.silent = true;
    const { world, reconciliation, messageId } = await openCase(sms);
    await world.work();
    await world.pass(20 * 60_000);
    sms.silent = false;
    expect(await reconciliation.reconcile(messageId, context(1))).toMatchObject({ state: 'REJECTED' });
    await world.pass(10 * 60_000);
    expect(sms.submissions).toBe(1);
    expect((await world.told()).at(-1)).toMatchObject({
      type: 'NotificationFailed',
      data: { reason: 'REJECTED' },
    });
  });

  describe('a mail, whose server cannot be asked', () => {
    const unheard = async () => {
      const mail = new FakeMail();
      mail.faults.push('unheard');
      const at = await openCase(mail);
      await at.world.work();
      return { ...at, mail };
    };

    it('was received when line 2 says so: the record tells that a person did, and no doubt is left', async () => {
      const { world, reconciliation, messageId, mail } = await unheard();
      const first = await reconciliation.reconcile(messageId, context(1), 'RECEIVED');
      expect(first).toMatchObject({ state: 'ACCEPTED', channel: 'EMAIL' });
      expect(await reconciliation.reconcile(messageId, context(1), 'RECEIVED')).toEqual(first);
      await world.work();
      const [last] = (await world.messageEvents(messageId)).slice(-1);
      expect(last).toMatchObject({
        type: 'MessageAccepted',
        data: { attempt: 1, channel: 'EMAIL', byPerson: true },
        metadata: { line: '2', actor: { id: 'account-LINE2' } },
      });
      expect((await world.told()).at(-1)).toMatchObject({ type: 'NotificationSent' });
      expect(world.table.held.get(messageId)?.row).toMatchObject({ phase: 'accepted' });
      expect(mail.submissions).toBe(1);
    });

    it('was not received when line 2 says so: it is given up, and not sent again on any channel', async () => {
      const { world, reconciliation, messageId, mail } = await unheard();
      const settled = await reconciliation.reconcile(messageId, context(1), 'NOT_RECEIVED');
      expect(settled).toMatchObject({ state: 'REJECTED' });
      await world.pass(10 * 60_000);
      const [last] = (await world.messageEvents(messageId)).slice(-1);
      expect(last).toMatchObject({
        type: 'MessageRejected',
        data: { code: 'NOT_RECEIVED', retriable: false, final: true, byPerson: true },
      });
      expect(world.table.held.get(messageId)?.row).toMatchObject({ phase: 'rejected', dueAt: null });
      expect(mail.submissions).toBe(1);
    });
  });

  it('takes a person’s word about a gateway only while that one is silent', async () => {
    const sms = new FakeGateway('SMS');
    sms.faults.push('unheard');
    sms.silent = true;
    const { world, reconciliation, messageId } = await openCase(sms);
    await world.work();
    await expect(reconciliation.reconcile(messageId, context(1))).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
    });
    sms.silent = false;
    expect(await reconciliation.reconcile(messageId, context(2), 'NOT_RECEIVED')).toMatchObject({
      state: 'ACCEPTED',
    });
    const other = await openCase(sms);
    sms.faults.push('unheard');
    sms.silent = true;
    await other.world.work();
    expect(await other.reconciliation.reconcile(other.messageId, context(1), 'NOT_RECEIVED')).toMatchObject({
      state: 'REJECTED',
    });
    await other.world.pass(10 * 60_000);
    expect(sms.submissions).toBe(2);
  });

  it('is refused for mail without a finding, for a message whose outcome is known, and for what does not exist here', async () => {
    const mail = new FakeMail();
    mail.faults.push('unheard');
    const at = await openCase(mail);
    await at.world.work();
    await expect(at.reconciliation.reconcile(at.messageId, context(1))).rejects.toMatchObject({
      code: 'CHANNEL_CANNOT_BE_ASKED',
    });
    const known = await openCase(new FakeGateway('SMS'));
    await known.world.work();
    await expect(known.reconciliation.reconcile(known.messageId, context(1))).rejects.toMatchObject({
      code: 'MESSAGE_NOT_UNKNOWN',
    });
    const foreign = { ...context(1), tenant: 'TOURISM' };
    await expect(known.reconciliation.reconcile(known.messageId, foreign)).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    });
  });
});

describe('rebuilding the work table', () => {
  it('finds what is open and what is done, and sends nothing twice', async () => {
    const sms = new FakeGateway('SMS');
    const { world } = await openCase(sms);
    const { platform, messages, table, clock } = world;
    const rebuild = new RebuildMessages({ eventStore: platform.eventStore, messages, table, clock });
    expect(await rebuild.rebuild()).toBe(1);
    await world.work();
    await world.pass(60_000);
    expect(await rebuild.rebuild()).toBe(1);
    await world.work();
    await world.pass(60_000);
    expect(sms.submissions).toBe(1);
    expect([...table.held.values()].map(({ row }) => [row.phase, row.dueAt])).toEqual([['delivered', null]]);
    expect((await world.told()).map(({ type }) => type)).toEqual([
      'NotificationRequested',
      'NotificationSent',
    ]);
  });
});
