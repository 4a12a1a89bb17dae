import { type CommandContext } from '@balagh/event-store';
import { fillDecider } from '../domain/fill.decider';
import { type Answered, type Desk, decideOnPage, findPage } from './case-desk';
import { type PlainForm, prepareForm } from './plain-form';
import { type ReporterContacts } from './reporter-contacts.port';
import { phoneIndex, sealedForm } from './sealed-form';

export interface FillFormRequest {
  readonly caseId: string;
  readonly form: PlainForm;
}

/** Writes answers into the form; personal ones are checked in clear and stored sealed (MUS-09). */
export class FillFormHandler {
  constructor(
    private readonly desk: Desk,
    private readonly contacts: ReporterContacts,
  ) {}

  async handle(context: CommandContext, { caseId, form }: FillFormRequest): Promise<Answered> {
    const answered = await decideOnPage(this.desk, context, caseId, async (state, page) => {
      const prepared = prepareForm(page.profile, form, state);
      if (prepared.kind === 'rejected') return prepared;
      const sealed = await sealedForm(this.desk.privacy, page.subjectId, prepared);
      return fillDecider.decide({ form: sealed, profile: page.profile }, state);
    });
    if (answered.outcome.kind === 'accepted')
      await this.remember(context.tenant, caseId, form.personal.phone);
    return answered;
  }

  /** After the event: what a crash in between loses, the repeated command or a rebuild brings. */
  private async remember(tenant: string, caseId: string, phone: string | undefined): Promise<void> {
    if (phone === undefined) return;
    const page = await findPage(this.desk, tenant, caseId);
    if (page === undefined) return;
    const index = await phoneIndex(this.desk.privacy, tenant, page.profile, phone);
    if (index !== undefined) await this.contacts.remember(tenant, caseId, index);
  }
}
