import { type CaseEvent, type IntakeForm } from '@balagh/case-events';
import { proves } from '@balagh/testing';
import { type World, opened, registered } from './world';
import { PHONE, after, form, texts, worldOf } from './world-of-fakes';

describe('a reply', () => {
  const reply = async (world: World): Promise<CaseEvent> => ({
    type: 'ReplyIssued',
    data: {
      replyId: '50000000-0000-4000-8000-000000000001',
      reply: await world.seal('أصلح التسرب'),
      legalClauses: [],
    },
  });
  const replied = async (
    at: ReturnType<typeof worldOf>,
    preferredChannel: IntakeForm['preferredChannel'],
  ) => {
    const fields = await form(
      at.world,
      { phone: PHONE, email: 'reporter@example.invalid' },
      preferredChannel === undefined ? {} : { preferredChannel },
    );
    await after(at.world, opened('PHONE_1111'), fields, registered({ reachableBy: [] }));
    for (const outbox of [at.sms, at.fax, at.mail, at.whatsapp]) outbox.delivered.length = 0;
  };

  it('goes by the preferred channel only', async () => {
    const at = worldOf('MUS');
    await replied(at, 'EMAIL');
    await after(at.world, await reply(at.world));
    expect(texts(at.mail)).toEqual(['تم حل المشكلة في بلاغكم رقم MUS-2026-000001: أصلح التسرب']);
    expect(texts(at.sms)).toEqual([]);
  });

  it('by fax is a fax job and no SMS', async () => {
    proves('MUS-40');
    const at = worldOf('MUS');
    await replied(at, 'FAX');
    await after(at.world, await reply(at.world));
    expect(texts(at.fax)).toHaveLength(1);
    expect(texts(at.sms)).toEqual([]);
  });

  it('falls back to SMS when the fax failed three times, and the attempts are on record', async () => {
    proves('MUS-40');
    const at = worldOf('MUS');
    await replied(at, 'FAX');
    at.fax.faults.push('down', 'down', 'down');
    await after(at.world, await reply(at.world));
    await at.world.pass(5 * 60_000);
    expect(at.fax.submissions).toBe(3);
    expect(texts(at.fax)).toEqual([]);
    expect(texts(at.sms)).toEqual(['تم حل المشكلة في بلاغكم رقم MUS-2026-000001: أصلح التسرب']);
    expect((await at.world.told()).at(-1)).toMatchObject({
      type: 'NotificationSent',
      data: { channel: 'SMS', attempts: 4 },
    });
    const failed = at.world.logged.filter(({ event }) => event === 'message.rejected');
    expect(failed.map(({ channel, attempt, code }) => [channel, attempt, code])).toEqual([
      ['FAX', 1, 'GATEWAY_UNAVAILABLE'],
      ['FAX', 2, 'GATEWAY_UNAVAILABLE'],
      ['FAX', 3, 'GATEWAY_UNAVAILABLE'],
    ]);
  });

  it('to a WhatsApp message goes back the same way and is on the case', async () => {
    proves('KWT-02');
    const at = worldOf('KWT-MOCI');
    const contact = await at.world.seal('+96590000001');
    const number = { caseNumber: 'MOCI-2026-000032', channel: 'WHATSAPP', caseType: 'COMPLAINT' } as const;
    await after(at.world, opened('WHATSAPP', contact), registered({ ...number, reachableBy: ['WHATSAPP'] }));
    at.whatsapp.delivered.length = 0;
    await after(at.world, await reply(at.world));
    expect(at.whatsapp.delivered).toMatchObject([
      { to: '+96590000001', text: 'بشأن شكواكم رقم MOCI-2026-000032: أصلح التسرب' },
    ]);
    expect(at.sms.submissions).toBe(0);
    expect((await at.world.told()).at(-1)).toMatchObject({
      type: 'NotificationSent',
      data: { trigger: 'ReplyIssued', recipient: 'REPORTER', channel: 'WHATSAPP', attempts: 1 },
    });
  });

  it('over WhatsApp that is down goes by SMS; the failed attempts are on record', async () => {
    proves('KWT-34');
    const at = worldOf('KWT-MOCI');
    const contact = await at.world.seal('+96590000001');
    const number = {
      caseNumber: 'MOCI-2026-000031',
      category: 'CONSUMER_COMPLAINT',
      channel: 'WHATSAPP',
      caseType: 'COMPLAINT',
    } as const;
    await after(at.world, opened('WHATSAPP', contact), registered({ ...number, reachableBy: ['WHATSAPP'] }));
    at.whatsapp.faults.push('down', 'down', 'down');
    await after(at.world, await reply(at.world));
    await at.world.pass(5 * 60_000);
    expect(texts(at.sms)).toEqual(['بشأن شكواكم رقم MOCI-2026-000031: أصلح التسرب']);
    const attempts = at.world.logged.filter(
      ({ event, channel }) => event === 'message.rejected' && channel === 'WHATSAPP',
    );
    expect(attempts).toHaveLength(3);
    expect((await at.world.told()).at(-1)).toMatchObject({
      type: 'NotificationSent',
      data: { channel: 'SMS', trigger: 'ReplyIssued' },
    });
  });

  it('over a channel that the organisation switched off goes by the next one at once', async () => {
    const at = worldOf('KWT-MOCI', { versions: [{}, { channelsOff: ['WHATSAPP'] }] });
    const contact = await at.world.seal('+96590000001');
    await after(
      at.world,
      opened('WHATSAPP', contact),
      registered({ channel: 'WHATSAPP', reachableBy: ['WHATSAPP'] }),
      await reply(at.world),
    );
    expect(at.whatsapp.submissions).toBe(0);
    expect(at.sms.delivered.length).toBeGreaterThan(0);
  });
});
