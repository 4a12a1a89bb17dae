import { type IntakeForm } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type Profile } from '@balagh/profile';
import { unknownCode } from './classification';
import { type IntakeCase, capability, notOpen } from './intake-case';

export interface FillForm {
  /** Only the answers given now; `filled` names those that are valid. */
  readonly form: IntakeForm;
  /** Answers that are taken back, as far as the case has them. */
  readonly cleared?: readonly Exclude<keyof IntakeForm, 'filled'>[];
  readonly profile: Profile;
}

/** Writes answers into the form of an open page, or takes them back (MUS-09); the same answers again change nothing. */
export const fillDecider = capability<FillForm>(({ form, cleared = [], profile }, state) => {
  if (state.phase !== 'open') return notOpen(state);
  const rejection = unknownCode(profile, form);
  if (rejection !== undefined) return { kind: 'rejected', rejection };
  const takenBack = cleared.filter((name) => name in state.form);
  if (takenBack.length === 0 && isKnown(form, state)) return accept();
  return accept({
    type: 'FormFilled',
    data: { form, ...(takenBack.length === 0 ? {} : { cleared: takenBack }) },
  });
});

function isKnown(form: IntakeForm, state: IntakeCase): boolean {
  const { filled, ...answers } = form;
  const before: Readonly<Record<string, unknown>> = state.form;
  return (
    filled.every((field) => state.form.filled.includes(field)) &&
    Object.entries(answers).every(([field, value]) => JSON.stringify(before[field]) === JSON.stringify(value))
  );
}
