import { type CaseEvent } from '@balagh/case-events';
import { given } from '@balagh/decider';
import { proves } from '@balagh/testing';
import { answerDecider } from '../src/domain/answer.decider';
import { attachDecider } from '../src/domain/attach.decider';
import { declineDecider } from '../src/domain/decline.decider';
import { fillDecider } from '../src/domain/fill.decider';
import { linkRepeatDecider } from '../src/domain/link-repeat.decider';
import { openDecider } from '../src/domain/open.decider';
import {
  attached,
  attachmentId,
  caseId,
  closed,
  filled,
  opened,
  otherCaseId,
  sealed,
  subjectId,
} from './case-history';
import { profileOf } from './profile-under-test';

const mus = profileOf('MUS');
const qat = profileOf('QAT-MME');
const pama = profileOf('KWT-PAMA');
const at = '2026-01-09T00:10:00.000Z';
const terms = { today: '2026-01-09', registeredAt: at, clockStart: at };

describe('opening a page', () => {
  const open = { caseId, subjectId, profile: mus, today: '2026-01-04' };

  it('is the first event of the case', () => {
    proves('MUS-08');
    given(openDecider)
      .when({ ...open, channel: 'PHONE_1111' })
      .then([{ type: 'CaseOpened', data: { caseId, channel: 'PHONE_1111', subjectId } }]);
  });

  it('keeps what the contact already answers by itself', () => {
    given(openDecider)
      .when({
        ...open,
        channel: 'PHONE_1111',
        contactReference: sealed,
        known: { phone: sealed, filled: ['phone'] },
      })
      .then([
        { type: 'CaseOpened', data: { caseId, channel: 'PHONE_1111', subjectId, contactReference: sealed } },
        { type: 'FormFilled', data: { form: { phone: sealed, filled: ['phone'] } } },
      ]);
  });

  it('takes visitors at the desk as a channel of their own', () => {
    given(openDecider)
      .when({ ...open, profile: qat, channel: 'WALK_IN' })
      .then([{ type: 'CaseOpened', data: { caseId, channel: 'WALK_IN', subjectId } }]);
  });

  it('refuses a channel that the profile does not have', () => {
    given(openDecider)
      .when({ ...open, channel: 'PIGEON' })
      .thenRejected('CHANNEL_UNKNOWN');
  });

  it('refuses a channel that is switched off', () => {
    given(openDecider)
      .when({ ...open, channel: 'CHAT' })
      .thenRejected('CHANNEL_INACTIVE');
  });

  it('refuses a channel the day before it becomes active, and takes it on the day', () => {
    proves('BAH-27');
    const council = {
      code: 'COUNCIL',
      names: { ar: 'مجلس', en: 'Council' },
      kind: 'COUNCIL',
      enabled: true,
      selfService: false,
      reporterOptional: false,
    } as const;
    const profile = { ...mus, channels: [...mus.channels, { ...council, activeFrom: '2026-03-01' }] };
    given(openDecider)
      .when({ ...open, profile, channel: 'COUNCIL', today: '2026-02-28' })
      .thenRejected('CHANNEL_INACTIVE');
    given(openDecider)
      .when({ ...open, profile, channel: 'COUNCIL', today: '2026-03-01' })
      .then([{ type: 'CaseOpened', data: { caseId, channel: 'COUNCIL', subjectId } }]);
  });
});

describe('filling the form', () => {
  it('records the answers given', () => {
    const form = { caseType: 'NOTE' as const, phone: sealed, filled: ['caseType', 'phone'] };
    given(fillDecider, [opened('PHONE_1111')])
      .when({ form, profile: mus })
      .then([{ type: 'FormFilled', data: { form } }]);
  });

  it('says nothing new when the answers are known', () => {
    const history = [opened('PHONE_1111'), filled({ caseType: 'NOTE', needFlags: ['ELDERLY'] })];
    const form = { needFlags: ['ELDERLY'], filled: ['needFlags'] };
    given(fillDecider, history).when({ form, profile: mus }).thenNothingHappened();
  });

  it('records what is taken back; later answers count again', () => {
    const history = [opened('PHONE_1111'), filled({ caseType: 'NOTE', section: 'SEC-LIGHTING' })];
    const nothing = { filled: [] };
    const takenBack = { type: 'FormFilled' as const, data: { form: nothing, cleared: ['section' as const] } };
    given(fillDecider, history)
      .when({ form: nothing, cleared: ['section'], profile: mus })
      .then([takenBack]);
    const again = { section: 'SEC-LIGHTING', filled: ['section'] };
    given(fillDecider, [...history, takenBack])
      .when({ form: again, profile: mus })
      .then([{ type: 'FormFilled', data: { form: again } }]);
  });

  it.each([
    ['CATEGORY_UNKNOWN', { category: 'UFO' }],
    ['CASE_TYPE_NOT_OFFERED', { caseType: 'OBSTACLE' as const }],
    ['DIRECTORATE_UNKNOWN', { directorate: 'DIR-X' }],
    ['SECTION_UNKNOWN', { section: 'SEC-X' }],
    ['BODY_UNKNOWN', { otherBody: 'MOON' }],
    ['NEED_FLAG_UNKNOWN', { needFlags: ['HURRY'] }],
  ])('refuses with %s what the profile does not know', (code, answers) => {
    const form = { ...answers, filled: Object.keys(answers) };
    given(fillDecider, [opened('PHONE_1111')])
      .when({ form, profile: mus })
      .thenRejected(code);
  });

  it('is over when the page is closed, and impossible without a page', () => {
    const form = { caseType: 'NOTE' as const, filled: ['caseType'] };
    given(fillDecider, [opened('PHONE_1111'), closed()])
      .when({ form, profile: mus })
      .thenRejected('CASE_NOT_OPEN');
    given(fillDecider).when({ form, profile: mus }).thenRejected('CASE_NOT_FOUND');
  });
});

describe('adding evidence', () => {
  const evidence = {
    attachmentId,
    kind: 'PHOTO' as const,
    mediaType: 'image/jpeg',
    sizeBytes: 631,
    sha256: 'a'.repeat(64),
  };

  it('joins it to the case', () => {
    given(attachDecider, [opened('PHONE_1111')])
      .when({ evidence, profile: mus })
      .then([{ type: 'AttachmentAdded', data: evidence }]);
  });

  it('is refused when the case holds as many as it may', () => {
    const profile = { ...mus, attachments: { ...mus.attachments, maxPerCase: 1 } };
    given(attachDecider, [opened('PHONE_1111'), attached('PHOTO', otherCaseId)])
      .when({ evidence, profile })
      .thenRejected('ATTACHMENTS_TOO_MANY', { maxPerCase: 1 });
  });

  it('is refused when the case has ended', () => {
    given(attachDecider, [opened('PHONE_1111'), closed()])
      .when({ evidence, profile: mus })
      .thenRejected('CASE_NOT_OPEN');
  });
});

const inquiry = { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' } as const;
function registered(
  caseNumber: string,
  form: { caseType: string; category: string; subject?: string },
  channel: string,
  requiredFields: string,
): CaseEvent {
  const data = {
    caseNumber,
    channel,
    language: 'ar',
    needFlags: [],
    attachments: 0,
    reachableBy: [],
    requiredFields,
    registeredAt: at,
    clockStart: at,
    ...form,
  };
  return { type: 'CaseRegistered', data } as CaseEvent;
}

describe('answering at first contact', () => {
  const answer = { ...terms, profile: qat, caseNumber: 'QAT-2026-000001', answer: sealed };
  const answered: CaseEvent = { type: 'InquiryAnswered', data: { answer: sealed } };

  it('registers an open page and answers it in one act', () => {
    given(answerDecider, [opened('PHONE'), filled(inquiry)])
      .when(answer)
      .then([registered('QAT-2026-000001', inquiry, 'PHONE', 'COMPLETE'), answered]);
  });

  it('answers a registered inquiry', () => {
    given(answerDecider, [opened('PHONE'), registered('QAT-2026-000001', inquiry, 'PHONE', 'NONE')])
      .when({ ...answer, article: 'KB-7' })
      .then([{ type: 'InquiryAnswered', data: { answer: sealed, article: 'KB-7' } }]);
  });

  it('is not for complaints', () => {
    given(answerDecider, [opened('PHONE'), filled({ ...inquiry, caseType: 'COMPLAINT' })])
      .when(answer)
      .thenRejected('NOT_AN_INQUIRY');
  });

  it('stops at missing fields', () => {
    given(answerDecider, [opened('PHONE'), filled({ caseType: 'INQUIRY' })])
      .when(answer)
      .then([
        {
          type: 'RequiredFieldsMissing',
          data: { attempt: 1, missing: [{ field: 'category', ar: 'التصنيف', en: 'Category' }] },
        },
      ]);
  });

  it('never tells anything private', () => {
    const form = { caseType: 'INQUIRY', category: 'PRIVATE_INQUIRY', subject: 'BALANCE' } as const;
    given(answerDecider, [opened('WHATSAPP'), filled(form)])
      .when({ ...answer, profile: pama, caseNumber: 'PAMA-2026-000001' })
      .thenRejected('INQUIRY_PERSONAL');
  });

  it('comes too late for a closed case', () => {
    given(answerDecider, [opened('PHONE'), registered('QAT-2026-000001', inquiry, 'PHONE', 'NONE'), closed()])
      .when(answer)
      .thenRejected('CASE_NOT_OPEN');
  });
});

describe('declining', () => {
  const decline = { ...terms, profile: pama, caseNumber: 'PAMA-2026-000001' };
  const general = { caseType: 'INQUIRY', category: 'GENERAL_INQUIRY', subject: 'EMPLOYMENT' } as const;

  it('keeps the rule that decided', () => {
    const form = { caseType: 'INQUIRY', category: 'PRIVATE_INQUIRY', subject: 'BALANCE' } as const;
    given(declineDecider, [opened('WHATSAPP'), filled(form)])
      .when(decline)
      .then([
        registered('PAMA-2026-000001', form, 'WHATSAPP', 'NONE'),
        { type: 'PersonalInquiryDeclined', data: { subject: 'BALANCE', ruleId: pama.declines[0]?.id ?? '' } },
      ]);
  });

  it('names line 1 where no rule decided', () => {
    given(declineDecider, [
      opened('WHATSAPP'),
      filled(general),
      registered('PAMA-2026-000001', general, 'WHATSAPP', 'NONE'),
    ])
      .when(decline)
      .then([
        { type: 'PersonalInquiryDeclined', data: { subject: 'EMPLOYMENT', ruleId: 'DECLINED_BY_LINE_1' } },
      ]);
  });

  it('needs a subject', () => {
    given(declineDecider, [opened('WHATSAPP'), filled({ caseType: 'INQUIRY', category: 'GENERAL_INQUIRY' })])
      .when(decline)
      .thenRejected('SUBJECT_REQUIRED');
  });

  it('is for inquiries only', () => {
    given(declineDecider, [opened('WHATSAPP'), filled({ ...general, caseType: 'COMPLAINT' })])
      .when(decline)
      .thenRejected('NOT_AN_INQUIRY');
  });
});

describe('the original of a repeated case', () => {
  const repeat = { repeatCaseId: otherCaseId, repeatNumber: 'MOCI-2026-000031' };
  const original = [opened('WHATSAPP'), registered('MOCI-2026-000017', inquiry, 'WHATSAPP', 'NONE')];
  const linked: CaseEvent = { type: 'DuplicateLinked', data: repeat };

  it('is linked and goes on', () => {
    given(linkRepeatDecider, original)
      .when({ ...repeat, policy: 'CANCEL_REPEAT' })
      .then([linked]);
  });

  it('is linked even when it has ended', () => {
    given(linkRepeatDecider, [...original, closed()])
      .when({ ...repeat, policy: 'CANCEL_ALL' })
      .then([linked]);
  });

  it('ends with its repeat where all are cancelled', () => {
    given(linkRepeatDecider, original)
      .when({ ...repeat, policy: 'CANCEL_ALL' })
      .then([
        linked,
        {
          type: 'CaseCancelledAsDuplicate',
          data: { originalCaseId: otherCaseId, originalNumber: 'MOCI-2026-000031' },
        },
      ]);
  });
});
