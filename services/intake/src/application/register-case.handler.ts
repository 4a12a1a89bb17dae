import { type MissingField } from '@balagh/profile';
import { type CommandContext } from '@balagh/event-store';
import { redirectDecider } from '../domain/redirect.decider';
import { registerDecider } from '../domain/register.decider';
import { assessRegistration } from '../domain/registration';
import { type Answered, type DecideOnPage, type Desk, decideOnPage, missingFieldsAnswer } from './case-desk';
import { type Registrar } from './registrar';

export interface Registering {
  readonly decide: DecideOnPage;
  /** Missing fields are answered each time they are met, even when the case says it already (KWT-11). */
  readonly answered: (answered: Answered) => Answered;
}

/** Registers and numbers an open page (MUS-10, MUS-11), for ourselves or for another body (QAT-07). */
export class RegisterCaseHandler {
  constructor(
    private readonly desk: Desk,
    private readonly registrar: Registrar,
  ) {}

  async handle(context: CommandContext, { caseId }: { readonly caseId: string }): Promise<Answered> {
    const registering = this.registering(context.tenant);
    return registering.answered(await decideOnPage(this.desk, context, caseId, registering.decide));
  }

  /** One registration: what decides on it, and what its answer is to the one who asked. */
  registering(tenant: string): Registering {
    let missing: readonly MissingField[] = [];
    return {
      decide: async (state, page) => {
        const terms = await this.registrar.termsFor(tenant, state, page);
        const readiness = state.phase === 'open' ? assessRegistration(state, terms) : undefined;
        missing = readiness?.kind === 'missing' ? readiness.missing : [];
        return registerDecider.decide(terms, state);
      },
      answered: (answered) =>
        answered.outcome.kind === 'accepted' && missing.length > 0
          ? missingFieldsAnswer(answered.caseId, missing)
          : answered,
    };
  }

  redirect(
    context: CommandContext,
    { caseId, body }: { readonly caseId: string; readonly body: string },
  ): Promise<Answered> {
    return decideOnPage(this.desk, context, caseId, async (state, page) => {
      const terms = await this.registrar.termsFor(context.tenant, state, page, body);
      return redirectDecider.decide({ ...terms, otherBody: body }, state);
    });
  }
}
