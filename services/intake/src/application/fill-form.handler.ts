import { type CommandContext } from '@balagh/event-store';
import { fillDecider } from '../domain/fill.decider';
import { type Answered, type DecideOnPage, type Desk, decideOnPage } from './case-desk';
import { type ContactIndex } from './contact-index';
import { type PlainForm, prepareForm } from './plain-form';
import { sealedForm } from './sealed-form';

export interface FillFormRequest {
  readonly caseId: string;
  readonly form: PlainForm;
}

/** Writes answers into the form; personal ones are checked in clear and stored sealed (MUS-09). */
export class FillFormHandler {
  constructor(
    private readonly desk: Desk,
    private readonly contacts: ContactIndex,
  ) {}

  async handle(context: CommandContext, { caseId, form }: FillFormRequest): Promise<Answered> {
    const answered = await decideOnPage(this.desk, context, caseId, this.filling(form));
    if (answered.outcome.kind === 'accepted') await this.afterwards(caseId, form);
    return answered;
  }

  filling(form: PlainForm): DecideOnPage {
    return async (state, page) => {
      const prepared = prepareForm(page.profile, form, state);
      if (prepared.kind === 'rejected') return prepared;
      const sealed = await sealedForm(this.desk.privacy, page.subjectId, prepared);
      const { cleared } = prepared;
      return fillDecider.decide({ form: sealed, cleared, profile: page.profile }, state);
    };
  }

  /** Once the answers are in the case. Retry-safe. */
  async afterwards(caseId: string, { personal, cleared = [] }: PlainForm): Promise<void> {
    if (personal.phone !== undefined || cleared.includes('phone')) await this.contacts.refresh(caseId);
  }
}
