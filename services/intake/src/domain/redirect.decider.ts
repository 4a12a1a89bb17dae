import { capability } from './intake-case';
import { alreadyRegistered, decideRegistration } from './register.decider';
import { type RegistrationTerms } from './registration';

export interface RedirectCase extends RegistrationTerms {
  readonly otherBody: string;
}

/** Registers a matter that belongs to another body; routing records and redirects (QAT-07). */
export const redirectDecider = capability<RedirectCase>(
  (command, state) => alreadyRegistered(command, state) ?? decideRegistration(command, state),
);
