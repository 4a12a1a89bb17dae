import { foldCase } from '@balagh/case-events';
import { proves } from '@balagh/testing';
import { pdf } from './images';
import { IntakeUnderTest, mustAccept } from './intake-under-test';
import { profileOf } from './profile-under-test';

describe('a contact', () => {
  it('by telephone carries its channel and the number of the caller', async () => {
    proves('MUS-01');
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('PHONE_1111', {}, '+968 9000 0001');
    const [opened] = await desk.events(caseId);
    if (opened?.type !== 'CaseOpened') throw new Error('the first event opens the page');
    expect(opened.data.channel).toBe('PHONE_1111');
    expect(await desk.platform.privacy.open(opened.data.contactReference ?? '')).toBe('+968 9000 0001');
  });

  it('with the same suggestion by hotline and by box leads to two suggestions that differ by channel', async () => {
    proves('BAH-01');
    const moci = profileOf('KWT-MOCI');
    const box = {
      code: 'BOX',
      names: { ar: 'صندوق المقترحات', en: 'Suggestion box' },
      kind: 'LETTER',
      enabled: true,
      selfService: false,
      reporterOptional: true,
    } as const;
    const desk = new IntakeUnderTest('KWT-MOCI', [{ ...moci, channels: [...moci.channels, box] }]);
    const suggestion = { caseType: 'SUGGESTION', category: 'IDEAS', details: 'تمديد ساعات العمل' } as const;
    const registered = async (channel: string) => {
      const caseId = await desk.opened(channel, suggestion);
      mustAccept(await desk.register(caseId));
      const { caseType, category, channel: kept, stage } = foldCase(await desk.events(caseId));
      return { caseType, category, channel: kept, stage };
    };
    const byHotline = await registered('HOTLINE_135');
    expect(byHotline).toEqual({
      caseType: 'SUGGESTION',
      category: 'IDEAS',
      channel: 'HOTLINE_135',
      stage: 'REGISTERED',
    });
    expect(await registered('BOX')).toEqual({ ...byHotline, channel: 'BOX' });
  });

  it('by fax that the agent types in is a case with the fax attached', async () => {
    proves('MUS-05');
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const asked = {
      caseType: 'INFORMATION_REQUEST',
      category: 'SERVICE_INQUIRY',
      details: 'ما متطلبات ترخيص لوحة؟',
    } as const;
    const caseId = await desk.opened('FAX_1111', asked, '+968 9000 0002');
    mustAccept(await desk.intake.attach.handle(desk.context(), { caseId, kind: 'FAX', content: pdf }));
    expect((await desk.register(caseId)).caseNumber).toBe('MUS-2026-000001');
    const events = await desk.events(caseId);
    expect(events.find(({ type }) => type === 'AttachmentAdded')?.data).toMatchObject({
      kind: 'FAX',
      mediaType: 'application/pdf',
    });
    expect(events.at(-1)?.data).toMatchObject({
      caseType: 'INFORMATION_REQUEST',
      channel: 'FAX_1111',
      attachments: 1,
    });
  });

  it('from a post keeps its link, the handle of its author and its text', async () => {
    proves('QAT-08');
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    const permalink = 'https://social.example/posts/77';
    const post = {
      caseType: 'COMPLAINT',
      category: 'STRAY_DOGS',
      details: 'كلاب ضالة قرب المدرسة',
      sourceReference: permalink,
    } as const;
    const caseId = await desk.opened('SOCIAL_MEDIA', post, '@example_author');
    mustAccept(await desk.register(caseId));
    const { channel, form, stage } = foldCase(await desk.events(caseId));
    const open = (sealed = '') => desk.platform.privacy.open(sealed);
    expect([channel, stage]).toEqual(['SOCIAL_MEDIA', 'REGISTERED']);
    expect([
      await open(form.sourceReference),
      await open(form.socialHandle),
      await open(form.details),
    ]).toEqual([permalink, '@example_author', 'كلاب ضالة قرب المدرسة']);
  });

  it('keeps a critical opinion word for word', async () => {
    proves('MUS-47');
    const opinion = 'الخدمة سيئة جدا!!  \n«لا أحد يرد» — ٣ مرات، ولا حياة لمن تنادي…';
    const desk = new IntakeUnderTest('MUS', [profileOf('MUS')]);
    const caseId = await desk.opened('SOCIAL_MEDIA', {
      caseType: 'NOTE',
      category: 'OTHER',
      details: opinion,
    });
    mustAccept(await desk.register(caseId));
    const { form } = foldCase(await desk.events(caseId));
    expect(await desk.platform.privacy.open(form.details ?? '')).toBe(opinion);
  });
});
