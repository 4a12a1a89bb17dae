import { caseStream } from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
import { type Platform, namedUuid, type CaseOpening, type CaseOpenings } from '@balagh/runtime';
import { passedDeadlines } from '../domain/deadlines';
import { foldDispatchCase } from '../domain/dispatch-case';
import { type TimerKind, dueTimesOf } from '../domain/due-times';
import { type ReminderCommand, remindersDecider } from '../domain/reminders.decider';
import { type RulesInForce, type RulesReader } from './rules-in-force';

/**
 * Lets a due time take effect, once: the command id is made of the case, the due time that its events name and what is due then, so
 * a timer that fires twice, here or in another process, leads to one event (MUS-25, MUS-50, BAH-08).
 */
export class FireTimerHandler {
  constructor(
    private readonly platform: Pick<Platform, 'streams' | 'clock' | 'log'>,
    private readonly openings: CaseOpenings,
    private readonly rules: RulesReader,
  ) {}

  /** The moment before which the timer need not be tried again; undefined: the case says. */
  async fire(caseId: string, kind: TimerKind): Promise<string | undefined> {
    const { clock, streams } = this.platform;
    const opening = await this.openings.of(caseId);
    if (opening === undefined) return undefined;
    const rules = await this.rules.of(opening);
    const { events } = await streams.load(caseStream(caseId));
    const state = foldDispatchCase(events);
    const due = dueTimesOf(state, rules).find((time) => time.kind === kind);
    const at = clock.now().toISOString();
    if (due === undefined || due.dueAt >= at) return undefined;
    if (kind === 'REMINDER' && !rules.time.isOpen(at)) return rules.time.nextOpening(at);
    const command: ReminderCommand = { type: kind === 'REMINDER' ? 'RemindOwner' : 'CheckDeadlines', at };
    // Several limits may end at the same instant, and one of them become open after another was breached.
    const limits = kind === 'REMINDER' ? [] : passedDeadlines(state, rules, at).map(({ sla }) => sla);
    const name = [kind, due.dueAt, state.delivery?.id ?? '', ...limits.sort()].join('/');
    await this.execute(caseId, opening, rules, command, name);
    return undefined;
  }

  /** The calendar changed: an open deadline moves, and the move is an event (design §3.13). */
  async recompute(caseId: string): Promise<void> {
    const opening = await this.openings.of(caseId);
    if (opening === undefined) return;
    const rules = await this.rules.of(opening);
    await this.execute(
      caseId,
      opening,
      rules,
      { type: 'RecomputeDueDate' },
      `CALENDAR/${rules.calendarVersion}`,
    );
  }

  private async execute(
    caseId: string,
    opening: CaseOpening,
    rules: RulesInForce,
    command: ReminderCommand,
    name: string,
  ): Promise<void> {
    const { streams, log } = this.platform;
    const { tenant, profileVersion, correlationId } = opening;
    const commandId = namedUuid(caseId, name);
    const actor = { kind: 'system', id: 'dispatch', organisation: tenant } as const;
    const context: CommandContext = {
      commandId,
      tenant,
      actor,
      line: 'system',
      correlationId,
      causationId: commandId,
      profileVersion,
    };
    const { decide } = remindersDecider(rules);
    const outcome = await streams.execute(caseStream(caseId), context, (history) =>
      decide(command, foldDispatchCase(history)),
    );
    if (outcome.kind === 'rejected' || outcome.events.length === 0) return;
    log.info({
      event: 'timer.fired',
      timer: name,
      caseId,
      tenant,
      events: outcome.events.map(({ type }) => type),
    });
  }
}
