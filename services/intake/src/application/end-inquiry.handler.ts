import { type CaseEvent } from '@balagh/case-events';
import { type Decision } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import { type MissingField } from '@balagh/profile';
import { answerDecider } from '../domain/answer.decider';
import { declineDecider } from '../domain/decline.decider';
import { type IntakeCase } from '../domain/intake-case';
import { type RegistrationTerms, assessRegistration } from '../domain/registration';
import { type Answered, type Desk, decideOnPage, missingFieldsAnswer } from './case-desk';
import { type Registrar } from './registrar';

export interface AnswerInquiryRequest {
  readonly caseId: string;
  readonly answer: string;
  readonly article?: string;
}

/** Ends an inquiry at first contact: answered (QAT-12, KWT-41) or declined (KWT-22). */
export class EndInquiryHandler {
  constructor(
    private readonly desk: Desk,
    private readonly registrar: Registrar,
  ) {}

  answer(context: CommandContext, { caseId, answer, article }: AnswerInquiryRequest): Promise<Answered> {
    return this.end(context, caseId, async (terms, state) => {
      const sealed = await this.desk.privacy.seal(state.subjectId ?? '', answer);
      return answerDecider.decide(
        { ...terms, answer: sealed, ...(article !== undefined && { article }) },
        state,
      );
    });
  }

  decline(context: CommandContext, { caseId }: { readonly caseId: string }): Promise<Answered> {
    return this.end(context, caseId, (terms, state) => declineDecider.decide(terms, state));
  }

  private async end(
    context: CommandContext,
    caseId: string,
    decide: (
      terms: RegistrationTerms,
      state: IntakeCase,
    ) => Decision<CaseEvent> | Promise<Decision<CaseEvent>>,
  ): Promise<Answered> {
    let missing: readonly MissingField[] = [];
    const answered = await decideOnPage(this.desk, context, caseId, async (state, page) => {
      const terms = await this.registrar.termsFor(context.tenant, state, page);
      const readiness = state.phase === 'open' ? assessRegistration(state, terms) : undefined;
      missing = readiness?.kind === 'missing' ? readiness.missing : [];
      return decide(terms, state);
    });
    return answered.outcome.kind === 'accepted' && missing.length > 0
      ? missingFieldsAnswer(caseId, missing)
      : answered;
  }
}
