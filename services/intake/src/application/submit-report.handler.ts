import { type Rejection, reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import { type Profile, localDay } from '@balagh/profile';
import { type EvidenceKind } from './add-attachment.handler';
import { unknownCode, usableChannel } from '../domain/classification';
import { noCase } from '../domain/intake-case';
import { type AddAttachmentHandler, type CleanEvidence } from './add-attachment.handler';
import { type Answered, type Desk, refused } from './case-desk';
import { type FillFormHandler } from './fill-form.handler';
import { type OpenCaseHandler } from './open-case.handler';
import { type PlainForm, prepareForm } from './plain-form';
import { type RegisterCaseHandler } from './register-case.handler';

export interface Report {
  readonly channel: string;
  readonly contactReference?: string;
  readonly form: PlainForm;
  readonly evidence: readonly { readonly kind: EvidenceKind; readonly content: Uint8Array }[];
}

/** Who reports and why, without the ids that follow from the client's key. */
export type ReporterContext = Omit<CommandContext, 'commandId' | 'causationId' | 'correlationId'>;

interface CheckedEvidence {
  readonly kind: EvidenceKind;
  readonly clean: CleanEvidence;
}

/**
 * A reporter's whole report in one request: page, form, evidence, registration (MUS-03, MUS-04). Each step is a command
 * of its own whose id follows from the client's key, so a repeated request continues where the first one broke off.
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

  /** What can be refused is refused before a page is opened; missing fields leave the page open (KWT-11). */
  async handle(reporter: ReporterContext, key: string, report: Report): Promise<Answered> {
    const { open, fill, attach, register } = this.steps;
    const { tenant } = reporter;
    const commandId = (step: string): string => this.desk.derivedId(key, `${tenant}:${step}`);
    const caseId = open.caseIdOf(commandId('open'));
    const checked = await this.check(tenant, report);
    if (!('evidence' in checked)) return refused(caseId, checked);
    const context = (step: string): CommandContext => {
      const id = commandId(step);
      return { ...reporter, channel: report.channel, commandId: id, causationId: id, correlationId: caseId };
    };
    const { contactReference, form } = report;
    const page = await open.handle(context('open'), {
      channel: report.channel,
      ...(contactReference !== undefined && { contactReference }),
    });
    if (page.outcome.kind === 'rejected') return page;
    const filled = await fill.handle(context('fill'), { caseId, form });
    if (filled.outcome.kind === 'rejected') return filled;
    for (const [index, { kind, clean }] of checked.evidence.entries()) {
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
      unknownCode(profile, { ...prepared.open, filled: [] }) ?? this.checkEvidence(profile, report.evidence)
    );
  }

  private async checkEvidence(
    profile: Profile,
    files: Report['evidence'],
  ): Promise<Rejection | { readonly evidence: readonly CheckedEvidence[] }> {
    const { maxPerCase } = profile.attachments;
    if (files.length > maxPerCase) return reject('ATTACHMENTS_TOO_MANY', 'invalid', { maxPerCase }).rejection;
    const evidence: CheckedEvidence[] = [];
    for (const { kind, content } of files) {
      const clean = await this.steps.attach.check(profile, content);
      if (!('content' in clean)) return clean;
      evidence.push({ kind, clean });
    }
    return { evidence };
  }
}
