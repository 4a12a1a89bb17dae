import { foldCase } from '@balagh/case-events';
import { proves } from '@balagh/testing';
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
