import { type IntakeForm, caseStream } from '@balagh/case-events';
import { type CommandContext, type Decide, type StreamCommand } from '@balagh/event-store';
import { type Profile, localDay } from '@balagh/profile';
import { contentDigest } from '@balagh/runtime';
import { usableChannel } from '../domain/classification';
import { foldIntakeCase, noCase } from '../domain/intake-case';
import { openDecider } from '../domain/open.decider';
import { type Answered, type Desk, type Page, answerOf, refused } from './case-desk';
import { type ContactIndex } from './contact-index';
import { type PersonalField, prepareForm } from './plain-form';
import { sealedForm } from './sealed-form';

export interface OpenCaseRequest {
  readonly channel: string;
  /** Number, handle or device the contact came from; personal. */
  readonly contactReference?: string;
}

export interface Opening {
  readonly page: Page;
  readonly command: StreamCommand;
}

/** Opens a page (MUS-08). The case id follows from the command id, so a repeated command opens no second page. */
export class OpenCaseHandler {
  constructor(
    private readonly desk: Desk,
    private readonly contacts: ContactIndex,
  ) {}

  caseIdOf(commandId: string): string {
    return this.desk.derivedId(commandId, 'case');
  }

  async handle(context: CommandContext, request: OpenCaseRequest): Promise<Answered> {
    const opening = await this.opening(context, request);
    if ('outcome' in opening) return opening;
    const { page, command } = opening;
    const { caseId } = page;
    const outcome = await this.desk.streams.execute(caseStream(caseId), command.context, command.decide);
    if (outcome.kind === 'accepted') await this.afterwards(page, request);
    return answerOf(caseId, outcome);
  }

  /** The page as it will be, with its key, and the command that opens it; or the answer to a contact that is refused. */
  async opening(context: CommandContext, request: OpenCaseRequest): Promise<Opening | Answered> {
    const { privacy, profiles, now, derivedId } = this.desk;
    const { tenant } = context;
    const caseId = this.caseIdOf(context.commandId);
    const { profile, version } = await profiles.latest(tenant);
    const today = localDay(now(), profile.timeZone);
    const channel = usableChannel(profile, request.channel, today);
    // Before a key is minted: refused contacts leave nothing behind.
    if (!('kind' in channel)) return refused(caseId, channel);
    const subjectId = derivedId(caseId, 'subject');
    const isNew = await privacy.mint(subjectId, tenant);
    const { contactReference } = request;
    const page = { caseId, subjectId, channel: channel.code, profile, profileVersion: version };
    const opens = {
      ...context,
      channel: channel.code,
      profileVersion: version,
      // A repeat finds the key there, and is answered from the stream before anything is reserved or stored for it.
      beginsStream: isNew,
      ...(await contentDigest(privacy, subjectId)),
    };
    const decide: Decide = async (history) => {
      const command = { caseId, subjectId, channel: channel.code, profile, today };
      if (contactReference === undefined) return openDecider.decide(command, foldIntakeCase(history));
      const known = await this.knownFrom(profile, channel.kind, contactReference, subjectId);
      const sealed = await privacy.seal(subjectId, contactReference);
      return openDecider.decide(
        { ...command, contactReference: sealed, ...(known && { known }) },
        foldIntakeCase(history),
      );
    };
    return { page, command: { context: opens, decide } };
  }

  /** Once the page is open. Retry-safe. */
  async afterwards({ caseId, profile, channel }: Page, { contactReference }: OpenCaseRequest): Promise<void> {
    const kind = profile.channels.find(({ code }) => code === channel)?.kind;
    const hasPhone =
      contactReference !== undefined && kind !== undefined && fieldAnsweredBy(kind) === 'phone';
    if (hasPhone) await this.contacts.refresh(caseId);
  }

  private async knownFrom(
    profile: Profile,
    kind: ChannelKind,
    reference: string,
    subjectId: string,
  ): Promise<IntakeForm | undefined> {
    const field = fieldAnsweredBy(kind);
    if (field === undefined) return undefined;
    const prepared = prepareForm(profile, { open: {}, personal: { [field]: reference } }, noCase);
    return prepared.kind === 'prepared' ? sealedForm(this.desk.privacy, subjectId, prepared) : undefined;
  }
}

type ChannelKind = Profile['channels'][number]['kind'];

function fieldAnsweredBy(kind: ChannelKind): PersonalField | undefined {
  switch (kind) {
    case 'PHONE':
    case 'IVR':
    case 'WHATSAPP':
      return 'phone';
    case 'EMAIL':
      return 'email';
    case 'SOCIAL':
      return 'socialHandle';
    default:
      return undefined;
  }
}
