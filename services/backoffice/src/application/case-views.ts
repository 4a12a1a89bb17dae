import { type AccessEvent, accessStream } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type Streams } from '@balagh/event-store';
import { type Clock, type Principal, actorOf, commandContext, lineOf, namedUuid } from '@balagh/runtime';

export interface View {
  readonly principal: Principal;
  readonly tenant: string;
  readonly caseId: string;
  /** Number of the case's events, all of which are shown. */
  readonly version: number;
  /** Personal values are opened. */
  readonly revealed: boolean;
}

/** Namespace of the command ids of views. */
const viewsNamespace = '0b1c6a52-6f0d-4b7e-8f43-5d2a9c7e1b64';
const quarterMs = 15 * 60_000;
/** Views of a quarter of an hour that a process remembers; beyond, it asks the store again. */
const mostRemembered = 20_000;

/**
 * Puts on record who looked at a case's page (MUS-27, design §3.12): once per account, case and quarter of an hour, however often the page reads
 * itself anew and whichever replica answers.
 */
export class CaseViews {
  /** Command ids of this quarter's views that are on record. */
  private readonly recorded = new Set<string>();
  private quarter = 0;

  constructor(
    private readonly streams: Pick<Streams, 'execute'>,
    private readonly clock: Clock,
  ) {}

  /** Returns when the view is on record. @throws Unavailable, DeadlineExceeded, ConflictExhausted */
  async record({ principal, tenant, caseId, version, revealed }: View): Promise<void> {
    this.forgetEarlier();
    const { subject, organisation } = principal;
    const what = JSON.stringify([organisation, subject, caseId, revealed, this.quarter]);
    const commandId = namedUuid(viewsNamespace, what);
    if (this.recorded.has(commandId)) return;
    const viewer = commandContext({
      header: { commandId, tenant },
      actor: actorOf(principal),
      line: lineOf(principal, 'case.view'),
      clock: this.clock,
      caseId,
    });
    const viewed: AccessEvent = {
      type: 'CaseViewed',
      data: { caseId, version, versions: version, revealed },
    };
    await this.streams.execute<AccessEvent>(accessStream(caseId), viewer, () => accept(viewed));
    this.recorded.add(commandId);
  }

  private forgetEarlier(): void {
    const quarter = Math.floor(this.clock.now().getTime() / quarterMs);
    if (quarter === this.quarter && this.recorded.size < mostRemembered) return;
    this.quarter = quarter;
    this.recorded.clear();
  }
}
