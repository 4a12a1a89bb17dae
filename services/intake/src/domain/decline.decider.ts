import { type IntakeEvent } from '@balagh/case-events';
import { accept, reject } from '@balagh/decider';
import { endingWith, refusalToEnd } from './answer.decider';
import { capability } from './intake-case';
import { type RegistrationTerms, declineOf, factsAt } from './registration';

export type DeclineInquiry = RegistrationTerms;

/** Rule id of a decline that an agent decided where no rule of the profile did. */
export const declinedByLine1 = 'DECLINED_BY_LINE_1';

/** A private inquiry is not answered on this channel (KWT-22); an open page is registered by the same act. */
export const declineDecider = capability<DeclineInquiry>((command, state) => {
  if (state.ending?.kind === 'DECLINED') return accept();
  const refusal = refusalToEnd(command, state);
  if (refusal !== undefined) return refusal;
  const facts = factsAt(state, command);
  const { subject } = state.form;
  const data =
    declineOf(command.profile, facts) ??
    (subject === undefined ? undefined : { subject, ruleId: declinedByLine1 });
  if (data === undefined) return reject('SUBJECT_REQUIRED', 'invalid');
  const declined: IntakeEvent = { type: 'PersonalInquiryDeclined', data };
  return endingWith(declined, command, state);
});
