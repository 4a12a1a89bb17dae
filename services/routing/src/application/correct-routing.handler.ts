import { type Owner, caseStream } from '@balagh/case-events';
import { fold, reject } from '@balagh/decider';
import {
  AccessDenied,
  CaseHidden,
  type CommandHeaderMessage,
  type CommandResultMessage,
  type Platform,
  type Principal,
  Rejected,
  commandContext,
  commandResult,
  demandOneLine,
  openContentDigest,
  type CaseOpenings,
} from '@balagh/runtime';
import { correctionDecider } from '../domain/correction.decider';
import { foldRoutingCase } from '../domain/routing-case';

export interface CorrectRoutingCall {
  readonly header: CommandHeaderMessage | undefined;
  readonly principal: Principal;
  readonly caseId: string;
  /** Reads the rest of the request once the caller is known to be allowed. @throws InvalidMessage */
  readonly correction: () => { readonly owner: Owner; readonly reason: string };
}

/** A distributor or supervisor chooses another owner (BAH-25, AMB-12). Safe to repeat with the same command id. */
export class CorrectRoutingHandler {
  constructor(
    private readonly platform: Pick<Platform, 'streams' | 'profiles' | 'clock' | 'log'>,
    private readonly openings: CaseOpenings,
  ) {}

  /** @throws AccessDenied, InvalidMessage, Rejected; store faults (retriable) */
  async handle({ header, principal, caseId, correction }: CorrectRoutingCall): Promise<CommandResultMessage> {
    const { streams, profiles, clock, log } = this.platform;
    const context = commandContext({ header, principal, action: 'case.correct-routing', clock, caseId });
    const { owner, reason } = correction();
    const opening = await this.openings.of(caseId);
    const { rejection: unknown } = reject('CASE_UNKNOWN', 'missing');
    if (opening === undefined) throw new Rejected(unknown);
    if (opening.tenant !== context.tenant)
      throw new CaseHidden(unknown, new AccessDenied('TENANT_FOREIGN', 'case.correct-routing', caseId));
    const { profile } = await profiles.latest(opening.tenant);
    const decider = correctionDecider(profile);
    const { profileVersion, correlationId } = opening;
    const pinned = {
      ...context,
      profileVersion,
      correlationId: header?.correlationId || correlationId,
      ...openContentDigest(),
    };
    const { linesHeldTogether } = (await profiles.at(opening.tenant, profileVersion)).profile;
    const outcome = await streams.execute(caseStream(caseId), pinned, (history) => {
      demandOneLine(context, history, linesHeldTogether);
      return decider.decide({ type: 'CorrectRouting', owner, reason }, fold(decider, history));
    });
    log.info({
      event: `case.correct-routing.${outcome.kind}`,
      caseId,
      tenant: opening.tenant,
      commandId: context.commandId,
    });
    const { events } = await streams.load(caseStream(caseId));
    return commandResult(caseId, outcome, foldRoutingCase(events).registered?.caseNumber);
  }
}
