import { type CaseEvent, type IntakeForm, caseStream } from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
import { type Profile, localDay } from '@balagh/profile';
import { contentDigest } from '@balagh/runtime';
import { usableChannel } from '../domain/classification';
import { foldIntakeCase, noCase } from '../domain/intake-case';
import { openDecider } from '../domain/open.decider';
import { type Answered, type Desk, answerOf, refused } from './case-desk';
import { type ContactIndex } from './contact-index';
import { type PersonalField, prepareForm } from './plain-form';
import { sealedForm } from './sealed-form';

export interface OpenCaseRequest {
  readonly channel: string;
  /** Number, handle or device the contact came from; personal. */
  readonly contactReference?: string;
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
    const { streams, privacy, profiles, now, derivedId } = this.desk;
    const { tenant } = context;
    const caseId = this.caseIdOf(context.commandId);
    const { profile, version } = await profiles.latest(tenant);
    const today = localDay(now(), profile.timeZone);
    const channel = usableChannel(profile, request.channel, today);
    // Before a key is minted: refused contacts leave nothing behind.
    if (!('kind' in channel)) return refused(caseId, channel);
    const subjectId = derivedId(caseId, 'subject');
    await privacy.mint(subjectId, tenant);
    const { contactReference } = request;
    const outcome = await streams.execute<CaseEvent>(
      caseStream(caseId),
      {
        ...context,
        channel: channel.code,
        profileVersion: version,
        beginsStream: true,
        ...(await contentDigest(privacy, subjectId)),
      },
      async (history) => {
        const command = { caseId, subjectId, channel: channel.code, profile, today };
        if (contactReference === undefined) return openDecider.decide(command, foldIntakeCase(history));
        const known = await this.knownFrom(profile, channel.kind, contactReference, subjectId);
        const sealed = await privacy.seal(subjectId, contactReference);
        return openDecider.decide(
          { ...command, contactReference: sealed, ...(known && { known }) },
          foldIntakeCase(history),
        );
      },
    );
    const hasPhone = contactReference !== undefined && fieldAnsweredBy(channel.kind) === 'phone';
    if (outcome.kind === 'accepted' && hasPhone) await this.contacts.refresh(caseId);
    return answerOf(caseId, outcome);
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
