import { type Topic } from '@balagh/case-events';
import { type EventStore } from '@balagh/event-store';
import { type Subscription, nothingFollows } from '../event-feed.port';
import { type FeedLog } from '../feed-log';
import { type CaseProgress, type FeedProgress } from '../progress/feed-progress.port';
import { faultCode, parksCase } from './fault';
import { type Incoming } from './incoming';
import { RememberedCases } from './remembered-cases';

export interface DeliveryParts {
  readonly subscription: Subscription;
  readonly progress: FeedProgress;
  readonly store: EventStore;
  readonly log: FeedLog;
}

export type DeliveryOutcome = 'handled' | 'known' | 'waiting' | 'parked';

/**
 * How long a note of ours stands for what the progress store would say. Shorter than it takes before a process that was stopped loses
 * its cases to another: one that wakes up after that asks again.
 */
const notedForMs = 5_000;

/**
 * The rules of one delivery (design §3.6), the same on every feed: what was handled is skipped, a parked case waits, the
 * handler runs, and only then is the progress noted. A retriable fault is thrown to the caller, who tries again; any
 * other, and an event that only a newer version knows, parks the case.
 */
export class CaseDelivery {
  /** Failed deliveries only; an entry goes when its message succeeds. */
  private readonly failures = new Map<string, number>();
  /** Effect done, note not yet written: the handler is not called again for it. */
  private readonly done = new Set<string>();
  /** Revision up to which a projection has read. */
  private readonly reached = new RememberedCases<number>();
  /** Cases that are not parked, with what was handled of them on every topic. */
  private readonly noted = new RememberedCases<ReadonlyMap<Topic, number>>(notedForMs);

  constructor(private readonly parts: DeliveryParts) {}

  /** @throws the handler's or the progress store's fault, always retriable */
  async deliver(incoming: Incoming): Promise<DeliveryOutcome> {
    const { progress } = this.parts;
    const { topic, caseId, revision, content } = incoming;
    if ('message' in content && revision >= 0 && revision <= (this.reached.of(caseId) ?? -1)) return 'known';
    const known = await this.known(caseId);
    const handled = known.handled.get(topic) ?? -1;
    if (revision >= 0 && revision <= handled) return 'known';
    if ('problem' in content && content.mark !== undefined)
      return this.parkMarked(incoming, content.problem, content.mark);
    if (known.parked && (await progress.wait(caseId, revision))) return 'waiting';
    if ('problem' in content) return this.park(incoming, content.problem);
    try {
      await this.handle(incoming);
    } catch (error) {
      if (!parksCase(error)) throw error;
      return this.park(incoming, faultCode(error), error);
    }
    if (revision > handled) this.noted.keep(caseId, new Map(known.handled).set(topic, revision));
    return 'handled';
  }

  private async known(caseId: string): Promise<CaseProgress> {
    const handled = this.noted.of(caseId);
    return handled === undefined ? this.parts.progress.state(caseId) : { handled, parked: false };
  }

  /** The cases may be somebody else's from now on. */
  forget(): void {
    this.noted.clear();
  }

  /** Calls the handler and notes the progress. @throws their faults, retriable or not */
  async handle(incoming: Incoming): Promise<void> {
    const { subscription, progress } = this.parts;
    const { topic, caseId, revision, content } = incoming;
    if ('problem' in content) throw new ContractBroken(content.problem);
    const key = `${topic} ${caseId} ${revision}`;
    const attempt = (this.failures.get(key) ?? 0) + 1;
    if (!this.done.has(key)) {
      this.failures.set(key, attempt);
      const answer = await subscription.handle(content.message, { topic, attempt });
      if (answer !== undefined) {
        // A note would cost as much as a projection's row, and save nothing: to write the row again, or to look again, changes nothing.
        if (answer !== nothingFollows) this.reached.keep(caseId, answer.upTo);
        this.failures.delete(key);
        return;
      }
      this.done.add(key);
    }
    await progress.handled({ topic, caseId, revision });
    this.done.delete(key);
    this.failures.delete(key);
  }

  /** Deliveries of this message so far, for the alarm. */
  attempts({ topic, caseId, revision }: Incoming): number {
    return this.failures.get(`${topic} ${caseId} ${revision}`) ?? 0;
  }

  private async park(incoming: Incoming, reason: string, err?: unknown): Promise<'parked'> {
    const { topic, caseId, revision } = incoming;
    this.noted.forget(caseId);
    await this.parts.progress.park({ topic, caseId, revision, reason });
    return this.alarm(incoming, reason, err);
  }

  /** A broken message parks its case once, however often it comes: after a redrive nothing of it is left to do. */
  private async parkMarked(incoming: Incoming, reason: string, mark: string): Promise<'known' | 'parked'> {
    const { topic, caseId, revision } = incoming;
    this.noted.forget(caseId);
    const first = await this.parts.progress.parkOnce({ topic, caseId, revision, reason }, mark);
    return first ? this.alarm(incoming, reason) : 'known';
  }

  private alarm({ topic, caseId, revision }: Incoming, reason: string, err?: unknown): 'parked' {
    const { progress, log } = this.parts;
    log.error({
      event: 'feed.case.parked',
      consumer: progress.consumer,
      topic,
      caseId,
      revision,
      reason,
      err,
    });
    return 'parked';
  }
}

/** A message breaks the published contract; its code says how. */
export class ContractBroken extends Error {
  readonly retriable = false;
  constructor(readonly code: string) {
    super(code);
    this.name = 'ContractBroken';
  }
}
