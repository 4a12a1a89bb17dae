import { InvalidStoredEvent, type RawEvent, caseIdOf, decodeEvent } from '@balagh/case-events';
import { type ChainFault, type EventStore, START, readWholeStream, verifyChain } from '@balagh/event-store';
import { type Clock } from '@balagh/runtime';
import { readSideFault } from '../domain/read-side';
import { type CaseIndex } from './case-index.port';

export interface VerificationFault {
  readonly stream: string;
  readonly revision: number;
  readonly kind: ChainFault['kind'] | 'READ_SIDE';
  /** No values of events. */
  readonly detail: string;
}

export interface VerificationProgress {
  readonly streamsChecked: number;
  readonly eventsChecked: number;
  /** Found since the last report. */
  readonly faults: readonly VerificationFault[];
  readonly done: boolean;
}

type Tenants = readonly string[] | 'all';

const pageSize = 500;
/** Up to here a stream and its recorded head are read in one statement, hence consistently. */
const singleRead = 10_000;
/** Rows may lag this long behind the store before that is a fault. */
const graceMs = 60_000;
const checkedCategories = ['case', 'message', 'access'];

/**
 * Checks every stream of the tenants: revisions without gaps, hash chains up to the head the store recorded, schemas, and that
 * the index says what the events say (SYS-02, SYS-10). Reads only; safe while everything runs; one stream in memory.
 */
export class VerifyCases {
  constructor(
    private readonly store: EventStore,
    private readonly index: CaseIndex,
    private readonly clock: Clock,
  ) {}

  async *verify(tenants: Tenants): AsyncGenerator<VerificationProgress> {
    let [streamsChecked, eventsChecked] = [0, 0];
    for (let after = START; ;) {
      const page = await this.store.readAll({
        after,
        limit: pageSize,
        filter: { categories: checkedCategories },
      });
      const faults: VerificationFault[] = [];
      for (const first of page.events) {
        if (first.revision !== 0 || !(await this.belongs(first, tenants))) continue;
        const checked = await this.checkStream(first.stream);
        streamsChecked += 1;
        eventsChecked += checked.events;
        faults.push(...checked.faults);
      }
      yield { streamsChecked, eventsChecked, faults, done: false };
      after = page.checkpoint;
      if (page.caughtUp) break;
    }
    yield { streamsChecked, eventsChecked, faults: await this.strayRows(tenants), done: true };
  }

  /** Its own tenant, or the one that the index knows: an altered first event must not hide its stream. */
  private async belongs(first: RawEvent, tenants: Tenants): Promise<boolean> {
    if (tenants === 'all' || tenants.includes(tenantOf(first))) return true;
    const caseId = caseIdOf(first.stream);
    const row = caseId === undefined ? undefined : await this.index.get(caseId);
    return row !== undefined && tenants.includes(row.tenant);
  }

  private async checkStream(
    stream: string,
  ): Promise<{ readonly events: number; readonly faults: readonly VerificationFault[] }> {
    const read = await this.store.readStream(stream, { limit: singleRead, headHash: true });
    if (read.kind === 'missing') return { events: 0, faults: [] };
    const whole = read.events.length < singleRead;
    const events = whole ? read.events : await readWholeStream(this.store, stream);
    const chain = verifyChain(
      events,
      whole ? { revision: read.lastRevision, hash: read.headHash } : undefined,
    );
    const caseId = caseIdOf(stream);
    const readSide =
      caseId === undefined || chain.some((f) => f.kind !== 'HASH')
        ? []
        : await this.checkRow(caseId, stream, events);
    return { events: events.length, faults: [...chain, ...readSide] };
  }

  private async checkRow(
    caseId: string,
    stream: string,
    raw: readonly RawEvent[],
  ): Promise<readonly VerificationFault[]> {
    const settledBefore = new Date(this.clock.now().getTime() - graceMs).toISOString();
    const row = await this.index.get(caseId);
    const events = raw.map((event) => decodeEvent(event));
    const fault = readSideFault(caseId, row, events, settledBefore);
    if (fault === undefined) return [];
    // The feed may have moved on since the stream was read: only a row that is wrong against a fresh reading counts.
    const fresh = (await readWholeStream(this.store, stream)).map((event) => decodeEvent(event));
    const still = readSideFault(caseId, await this.index.get(caseId), fresh, settledBefore);
    return still === undefined ? [] : [{ stream, kind: 'READ_SIDE', ...still }];
  }

  /** Rows whose stream, or its first event, is gone. */
  private async strayRows(tenants: Tenants): Promise<readonly VerificationFault[]> {
    const faults: VerificationFault[] = [];
    for (let after: string | undefined; ;) {
      const rows = await this.index.rowsAfter(after, pageSize);
      for (const { caseId, tenant } of rows) {
        if (tenants !== 'all' && !tenants.includes(tenant)) continue;
        const stream = `case-${caseId}`;
        const read = await this.store.readStream(stream, { limit: 1 });
        if (read.kind === 'missing')
          faults.push({ stream, revision: 0, kind: 'GAP', detail: 'the whole stream is missing' });
        else if (read.events[0]?.revision !== 0)
          faults.push({ stream, revision: 0, kind: 'GAP', detail: 'revision 0 expected' });
      }
      after = rows.at(-1)?.caseId;
      if (after === undefined) return faults;
    }
  }
}

function tenantOf(event: RawEvent): string {
  try {
    return decodeEvent<{ type: string; data: unknown }>(event).metadata.tenant;
  } catch (error) {
    if (!(error instanceof InvalidStoredEvent)) throw error;
    const metadata = JSON.parse(event.metadata) as { tenant?: unknown };
    return String(metadata.tenant);
  }
}
