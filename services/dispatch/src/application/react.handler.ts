import { type CaseEvent, type PublishedEvent, caseStream, messageChannelSchema } from '@balagh/case-events';
import { type Decision } from '@balagh/decider';
import { PermanentFault, nothingFollows } from '@balagh/event-feed';
import { type CommandContext } from '@balagh/event-store';
import { type Platform, reactionContext, type CaseOpenings } from '@balagh/runtime';
import { z } from 'zod';
import { type DispatchCase, foldDispatchCase } from '../domain/dispatch-case';
import { firstContactClosingDecider } from '../domain/first-contact-closing.decider';
import { type InformingCommand, informingDecider } from '../domain/informing.decider';
import { secondLineDecider } from '../domain/second-line.decider';

const outcomeSchema = z.object({
  messageId: z.uuid(),
  trigger: z.string(),
  recipient: z.string(),
  channel: messageChannelSchema.optional(),
});

/**
 * What follows by itself from other services' events. The command id comes from the message, so a message that is
 * delivered twice has one effect. @throws PermanentFault for messages that break the contract; store faults (retriable)
 */
export class ReactHandler {
  constructor(
    private readonly platform: Pick<Platform, 'streams' | 'clock' | 'log'>,
    private readonly openings: CaseOpenings,
  ) {}

  /** CaseRouted, RoutingCorrected: the case enters the second line's queue (MUS-10). */
  sendToSecondLine(message: PublishedEvent): Promise<void> {
    return this.react(message, 'dispatch.second-line', (state) =>
      secondLineDecider.decide({ type: 'SendToSecondLine' }, state),
    );
  }

  /** What line 1 or a rule ended is closed in the name of who ended it (AMB-13, KWT-41). */
  async closeEnded(message: PublishedEvent): Promise<void> {
    const { streams, clock } = this.platform;
    const { events } = await streams.loadReaching(caseStream(message.subject), message.caserevision);
    const by = foldDispatchCase(events).ending?.by;
    const at = clock.now().toISOString();
    const acting =
      by === undefined
        ? {}
        : { actor: by.actor, line: by.line, ...(by.channel === undefined ? {} : { channel: by.channel }) };
    await this.react(
      message,
      'dispatch.first-contact-closing',
      (state) => firstContactClosingDecider.decide({ type: 'CloseEndedCase', at }, state),
      acting,
    );
  }

  /** The final outcome of the message that carries the reply to the reporter (MUS-14, AMB-10). Other messages inform nobody. */
  async noteMessageOutcome(message: PublishedEvent): Promise<typeof nothingFollows | void> {
    const parsed = outcomeSchema.safeParse(message.data);
    if (!parsed.success) throw new PermanentFault('MESSAGE_INVALID');
    const { messageId, trigger, recipient, channel } = parsed.data;
    if (trigger !== 'ReplyIssued' || recipient !== 'REPORTER') return nothingFollows;
    const command: InformingCommand =
      channel === undefined
        ? { type: 'NoteFailedMessage', messageId }
        : { type: 'InformByMessage', messageId, channel };
    await this.react(message, 'dispatch.informing', (state) => informingDecider.decide(command, state));
  }

  private async react(
    message: PublishedEvent,
    consumer: string,
    decide: (state: DispatchCase) => Decision<CaseEvent>,
    acting: Partial<Pick<CommandContext, 'actor' | 'line' | 'channel'>> = {},
  ): Promise<void> {
    const { streams, clock, log } = this.platform;
    const caseId = message.subject;
    const opening = await this.openings.of(caseId);
    if (opening === undefined) throw new PermanentFault('CASE_UNKNOWN');
    const { profileVersion, tenant } = opening;
    const context = {
      ...reactionContext({ message, service: 'dispatch', clock, consumer, profileVersion }),
      ...acting,
    };
    const outcome = await streams.execute(caseStream(caseId), context, (history) =>
      decide(foldDispatchCase(history)),
    );
    if (outcome.kind === 'accepted' && outcome.events.length === 0) return;
    const told =
      outcome.kind === 'accepted'
        ? { events: outcome.events.map(({ type }) => type) }
        : { code: outcome.rejection.code };
    log.info({ event: `case.reaction.${outcome.kind}`, consumer, caseId, tenant, ...told });
  }
}
