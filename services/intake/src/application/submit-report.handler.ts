import { caseStream } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import { type CommandContext, type CommandOutcome, type StreamCommand } from '@balagh/event-store';
import { discard } from '@balagh/privacy';
import { localDay } from '@balagh/profile';
import { unknownCode, usableChannel } from '../domain/classification';
import { noCase } from '../domain/intake-case';
import { type AddAttachmentHandler, type CheckedEvidence, type EvidenceFile } from './add-attachment.handler';
import { type Answered, type Desk, type Page, answerOf, commandOnPage, refused } from './case-desk';
import { type FillFormHandler } from './fill-form.handler';
import { type OpenCaseHandler } from './open-case.handler';
import { type PlainForm, prepareForm } from './plain-form';
import { type RegisterCaseHandler } from './register-case.handler';

export interface Report {
  readonly channel: string;
  readonly contactReference?: string;
  readonly form: PlainForm;
  readonly evidence: readonly EvidenceFile[];
}

/** Who reports and why, without the ids that follow from the client's key. */
export type ReporterContext = Omit<CommandContext, 'commandId' | 'causationId' | 'correlationId'>;

/**
 * A reporter's whole report in one request: page, form, evidence, registration (MUS-03, MUS-04). All of it comes into being together, in one
 * append. Each step is a command of its own all the same, whose id follows from the client's key, so a repeated request continues where the first one broke
 * off, whichever version of this program it was sent to.
 */
export class SubmitReportHandler {
  constructor(
    private readonly desk: Desk,
    private readonly steps: {
      readonly open: OpenCaseHandler;
      readonly fill: FillFormHandler;
      readonly attach: AddAttachmentHandler;
      readonly register: RegisterCaseHandler;
    },
  ) {}

  /**
   * What can be refused is refused before a page is opened; missing fields leave the page open (KWT-11). The evidence is gone once this has ended: some
   * of it is kept as it came.
   */
  async handle(reporter: ReporterContext, key: string, report: Report): Promise<Answered> {
    const { tenant } = reporter;
    const commandId = (step: string): string => this.commandIdOf(key, tenant, step);
    const caseId = this.steps.open.caseIdOf(commandId('open'));
    const checked = await this.check(tenant, report);
    if (!('evidence' in checked)) return refused(caseId, checked);
    const context = (step: string): CommandContext => {
      const id = commandId(step);
      return { ...reporter, channel: report.channel, commandId: id, causationId: id, correlationId: caseId };
    };
    try {
      return await this.allTogether(context, report, checked.evidence);
    } finally {
      for (const { clean } of checked.evidence) discard(clean.content);
    }
  }

  /** Id of a step's command: `open`, `fill`, `attach:0` and so on, `register`. */
  commandIdOf(key: string, tenant: string, step: string): string {
    return this.desk.derivedId(key, `${tenant}:${step}`);
  }

  private async allTogether(
    context: (step: string) => CommandContext,
    report: Report,
    evidence: readonly CheckedEvidence[],
  ): Promise<Answered> {
    const { open, fill, attach, register } = this.steps;
    const { form } = report;
    const opening = await open.opening(context('open'), report);
    if ('outcome' in opening) return opening;
    const { page, command } = opening;
    const { caseId } = page;
    const { tenant } = command.context;
    const together = attach.together(tenant, caseId);
    const registering = register.registering(tenant);
    const steps = [
      { context: context('fill'), decide: fill.filling(form) },
      ...evidence.map(({ kind, clean }, index) => {
        const adds = context(`attach:${index}`);
        return { context: adds, decide: attach.adding(adds, { caseId, kind, clean }, together) };
      }),
      { context: context('register'), decide: registering.decide },
    ];
    const commands = await Promise.all(
      steps.map((step) => commandOnPage(this.desk, step.context, page, step.decide)),
    );
    const outcomes = await this.desk.streams.executeAll(caseStream(caseId), [
      command,
      ...commands.map(onlyUnder(page)),
    ]);
    const last = outcomes.at(-1);
    if (last === undefined || isOfOtherRules(last))
      return this.oneByOne(context, report, { caseId, evidence });
    if (outcomes[0]?.kind === 'accepted') await open.afterwards(page, report);
    if (outcomes[1]?.kind === 'accepted') await fill.afterwards(caseId, form);
    return registering.answered(answerOf(caseId, last, commands.at(-1)?.seen()));
  }

  /** A page that was opened before, under other rules, goes on under those. */
  private async oneByOne(
    context: (step: string) => CommandContext,
    report: Report,
    { caseId, evidence }: { readonly caseId: string; readonly evidence: readonly CheckedEvidence[] },
  ): Promise<Answered> {
    const { open, fill, attach, register } = this.steps;
    const page = await open.handle(context('open'), report);
    if (page.outcome.kind === 'rejected') return page;
    const filled = await fill.handle(context('fill'), { caseId, form: report.form });
    if (filled.outcome.kind === 'rejected') return filled;
    for (const [index, { kind, clean }] of evidence.entries()) {
      const added = await attach.add(context(`attach:${index}`), { caseId, kind, clean });
      if (added.outcome.kind === 'rejected') return added;
    }
    return register.handle(context('register'), { caseId });
  }

  private async check(
    tenant: string,
    report: Report,
  ): Promise<Rejection | { readonly evidence: readonly CheckedEvidence[] }> {
    const { profile } = await this.desk.profiles.latest(tenant);
    const channel = usableChannel(profile, report.channel, localDay(this.desk.now(), profile.timeZone));
    if (!('kind' in channel)) return channel;
    if (!channel.selfService)
      return reject('CHANNEL_NOT_SELF_SERVICE', 'forbidden', { channel: channel.code }).rejection;
    const prepared = prepareForm(profile, report.form, noCase);
    if (prepared.kind === 'rejected') return prepared.rejection;
    return (
      unknownCode(profile, { ...prepared.open, filled: [] }) ??
      this.steps.attach.checkAll(profile, report.evidence)
    );
  }
}

const otherRules = 'PAGE_OPENED_UNDER_OTHER_RULES';

/** The rules are those that were pinned when the page was opened, whichever hold now. */
function onlyUnder({ profileVersion }: Page): (command: StreamCommand) => StreamCommand {
  return ({ context, decide }) => ({
    context,
    decide: (history) =>
      history[0]?.metadata.profileVersion === profileVersion
        ? decide(history)
        : reject(otherRules, 'conflict'),
  });
}

function isOfOtherRules(outcome: CommandOutcome): boolean {
  return outcome.kind === 'rejected' && outcome.rejection.code === otherRules;
}
