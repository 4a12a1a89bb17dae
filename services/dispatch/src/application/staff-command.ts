import { type Line, type Sealed, caseStream, linesHeldBy } from '@balagh/case-events';
import { reject } from '@balagh/decider';
import { type CommandContext, type CommandOutcome } from '@balagh/event-store';
import {
  AccessDenied,
  type Action,
  CaseHidden,
  type CommandHeaderMessage,
  type CommandResultMessage,
  type Platform,
  type Principal,
  Rejected,
  commandContext,
  commandResult,
  contentDigest,
  demandOneLine,
  lineOf,
  linesOf,
  type CaseOpening,
  type CaseOpenings,
} from '@balagh/runtime';
import { type DispatchCase, type DispatchDecider, foldDispatchCase } from '../domain/dispatch-case';
import { type RulesInForce, type RulesReader } from './rules-in-force';

/** A command of a person: who, on which case. */
export interface Call {
  readonly header: CommandHeaderMessage | undefined;
  readonly principal: Principal;
  readonly caseId: string;
}

/** What a capability gets to make its decision from. */
export interface Desk {
  readonly context: CommandContext;
  readonly opening: CaseOpening;
  readonly rules: RulesInForce;
  /** RFC 3339, now. */
  readonly at: string;
  /** Seals under the case's subject; a blank text is undefined. */
  readonly seal: (text: string) => Promise<Sealed | undefined>;
}

/** What a capability decides with, once the request is read and sealed. */
export interface Prepared<Command> {
  readonly decider: Pick<DispatchDecider<Command>, 'decide'>;
  readonly command: Command;
  /** A relation to the case beyond the line's own. @throws AccessDenied, Rejected */
  readonly demand?: (state: DispatchCase) => void;
}

export type Prepare<Command> = (desk: Desk) => Promise<Prepared<Command>> | Prepared<Command>;

/**
 * The one path of people's commands: authorise, find the case, prepare (validate and seal), then load, decide and append.
 * Third-line staff act on cases delivered to their own party only; partners bring a relation of their own.
 */
export class StaffCommand {
  constructor(
    private readonly platform: Pick<Platform, 'streams' | 'privacy' | 'clock' | 'log'>,
    private readonly openings: CaseOpenings,
    private readonly rules: RulesReader,
  ) {}

  /**
   * Safe to repeat with the same command id: the first answer comes again.
   * @throws AccessDenied, InvalidMessage, Rejected; store, key and profile faults (retriable)
   */
  async execute<C>(call: Call, action: Action, prepare: Prepare<C>): Promise<CommandResultMessage> {
    const { outcome, caseNumber } = await this.run(call, action, prepare);
    return commandResult(call.caseId, outcome, caseNumber);
  }

  async run<C>(
    { header, principal, caseId }: Call,
    action: Action,
    prepare: Prepare<C>,
  ): Promise<{ readonly outcome: CommandOutcome; readonly caseNumber: string | undefined }> {
    const { streams, privacy, clock, log } = this.platform;
    const asked = commandContext({ header, principal, action, clock, caseId });
    const opening = await this.openings.of(caseId);
    const { rejection: unknown } = reject('CASE_UNKNOWN', 'missing');
    if (opening === undefined) throw new Rejected(unknown);
    if (opening.tenant !== asked.tenant)
      throw new CaseHidden(unknown, new AccessDenied('TENANT_FOREIGN', action, caseId));
    const { profileVersion, subjectId } = opening;
    const line = await this.lineFor(principal, action, caseId);
    const context = {
      ...asked,
      line,
      profileVersion,
      ...(await contentDigest(privacy, subjectId)),
      correlationId: header?.correlationId || opening.correlationId,
    };
    const seal = async (text: string): Promise<Sealed | undefined> =>
      text.trim() === '' ? undefined : privacy.seal(subjectId, text);
    const rules = await this.rules.of(opening);
    const { decider, command, demand } = await prepare({
      context,
      opening,
      rules,
      at: clock.now().toISOString(),
      seal,
    });
    let caseNumber: string | undefined;
    const outcome = await streams.execute(caseStream(caseId), context, (history) => {
      const state = foldDispatchCase(history);
      caseNumber = state.caseNumber;
      demandOneLine(context, history, rules.profile.linesHeldTogether);
      if (context.line === '3') demandOwnCase(principal, state, action);
      demand?.(state);
      return decider.decide(command, state);
    });
    caseNumber ??= foldDispatchCase((await streams.load(caseStream(caseId))).events).caseNumber;
    const told =
      outcome.kind === 'accepted'
        ? { events: outcome.events.map(({ type }) => type) }
        : { code: outcome.rejection.code };
    log.info({
      event: `case.command.${outcome.kind}`,
      action,
      caseId,
      tenant: opening.tenant,
      commandId: context.commandId,
      ...told,
    });
    return { outcome, caseNumber };
  }

  /** Most acts belong to one line; for the others it matters on which the person stands in this case. */
  private async lineFor(principal: Principal, action: Action, caseId: string): Promise<Line> {
    if (linesOf(principal, action).length < 2) return lineOf(principal, action);
    const { events } = await this.platform.streams.load(caseStream(caseId));
    return lineOf(principal, action, linesHeldBy(principal.subject, events));
  }
}

/** A section's staff act on cases addressed to the section; the directorate's, on all of its cases. */
function demandOwnCase({ party }: Principal, { delivery }: DispatchCase, action: Action): void {
  const owner = delivery?.owner;
  const own = owner !== undefined && owner.kind !== 'AGENCY' && party?.code === owner.code;
  if (!own || (party.section !== undefined && party.section !== owner.section))
    throw new AccessDenied('CASE_FOREIGN', action);
}
