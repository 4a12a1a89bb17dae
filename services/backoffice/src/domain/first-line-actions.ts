import { assessDecline } from '@balagh/profile';
import { type ActionDefinition, type Situation, area, factsOf, named, select, text } from './action';

const open = ({ view }: Situation): boolean => view.phase === 'open';
const atFirstContact = ({ view }: Situation): boolean =>
  view.phase === 'open' ||
  (view.phase === 'registered' && ['REGISTERED', 'WITH_SECOND_LINE'].includes(view.stage));
const endsAtFirstContact = ({ view, profile }: Situation): boolean => {
  const type = view.caseType ?? view.form.caseType;
  return profile.caseTypes.some((t) => t.code === type && t.endsAtFirstContact);
};

export const firstLineActions: readonly ActionDefinition[] = [
  {
    action: 'fill',
    service: 'intake',
    method: 'fillForm',
    permission: 'case.fill',
    offered: open,
    fields: () => [],
  },
  {
    action: 'attach',
    service: 'intake',
    method: 'addAttachment',
    permission: 'case.attach',
    offered: open,
    fields: () => [],
  },
  {
    action: 'register',
    service: 'intake',
    method: 'registerCase',
    permission: 'case.register',
    offered: open,
    primary: (s) => !endsAtFirstContact(s),
    fields: () => [],
  },
  {
    action: 'answer',
    service: 'intake',
    method: 'answerInquiry',
    permission: 'case.answer',
    offered: (s) => atFirstContact(s) && endsAtFirstContact(s),
    primary: () => true,
    fields: () => [area('answer', true), text('article', false, 100)],
  },
  {
    action: 'decline',
    service: 'intake',
    method: 'declineInquiry',
    permission: 'case.decline',
    offered: (s) => atFirstContact(s) && assessDecline(s.profile, factsOf(s.view)) !== undefined,
    fields: () => [],
  },
  {
    action: 'redirect',
    service: 'intake',
    method: 'redirectCase',
    permission: 'case.redirect',
    offered: (s) => open(s) && s.profile.otherBodies.length > 0,
    fields: ({ profile }) => [select('body', named(profile.otherBodies))],
  },
];
