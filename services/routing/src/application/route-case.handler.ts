import { type PublishedEvent, caseStream } from '@balagh/case-events';
import { fold } from '@balagh/decider';
import { PermanentFault } from '@balagh/event-feed';
import { type Platform, reactionContext, type CaseOpenings } from '@balagh/runtime';
import { routingDecider } from '../domain/routing.decider';

/** Reaction to CaseRegistered: the rules of the case's pinned profile route it, once. */
export class RouteCaseHandler {
  constructor(
    private readonly platform: Pick<Platform, 'streams' | 'profiles' | 'clock' | 'log'>,
    private readonly openings: CaseOpenings,
  ) {}

  /** Repeating it routes nothing twice. @throws PermanentFault when the case has no opening; store faults (retriable) */
  async handle(message: PublishedEvent): Promise<void> {
    const { streams, profiles, clock, log } = this.platform;
    const caseId = message.subject;
    // Read once: what opened it and what is decided on are both remembered afterwards.
    await streams.load(caseStream(caseId));
    const opening = await this.openings.of(caseId);
    if (opening === undefined) throw new PermanentFault('CASE_UNKNOWN');
    const { profile } = await profiles.at(opening.tenant, opening.profileVersion);
    const decider = routingDecider(profile);
    const context = reactionContext({
      message,
      service: 'routing',
      clock,
      consumer: 'routing.case-registered',
      profileVersion: opening.profileVersion,
    });
    const outcome = await streams.execute(caseStream(caseId), context, (history) =>
      decider.decide({ type: 'RouteCase' }, fold(decider, history)),
    );
    if (outcome.kind === 'accepted' && outcome.events.length > 0) {
      log.info({
        event: 'case.routed',
        caseId,
        tenant: opening.tenant,
        events: outcome.events.map(({ type }) => type),
      });
    }
  }
}
