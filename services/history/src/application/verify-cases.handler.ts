import { InvalidStoredEvent, type RawEvent, caseIdOf, decodeEvent } from '@balagh/case-events';
import {
  type ChainFault,
  type EventStore,
  type RecordedHead,
  START,
  type StreamHead,
  readWholeStream,
  verifyChain,
} from '@balagh/event-store';
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
/** Streams remembered while the global order is gone through; an event of another costs a reading of its stream's first event. */
const rememberedStreams = 20_000;
/** Readings of single events at a time. */
const besideEachOther = 8;
const checkedCategories = ['case', 'message', 'access'];

/**
 * Checks every stream of the tenants: revisions without gaps, hash chains up to the head the store recorded, schemas, and that
 * the index says what the events say (SYS-02, SYS-10). Streams of which nothing is left are found by the store's record of heads, where
 * it can list that. Reads only; safe while everything runs; one stream in memory.
 */
export class VerifyCases {
  constructor(
    private readonly store: EventStore,
    private readonly index: CaseIndex,
    private readonly clock: Clock,
  ) {}

  async *verify(tenants: Tenants): AsyncGenerator<VerificationProgress> {
    let [streamsChecked, eventsChecked] = [0, 0];
    const passed = new RecentStreams(rememberedStreams);
    for (let after = START; ;) {
      const page = await this.store.readAll({
        after,
        limit: pageSize,
        filter: { categories: checkedCategories },
      });
      const faults: VerificationFault[] = [];
      for (const event of page.events) {
        if (!(await this.isFirst(event, passed)) || !(await this.belongs(event, tenants))) continue;
        const checked = await this.checkStream(event);
        streamsChecked += 1;
        eventsChecked += checked.events;
        faults.push(...checked.faults);
      }
      yield { streamsChecked, eventsChecked, faults, done: false };
      after = page.checkpoint;
      if (page.caughtUp) break;
    }
    const gone = [...(await this.goneStreams(tenants)), ...(await this.strayRows(tenants))];
    yield { streamsChecked, eventsChecked, faults: gone, done: true };
  }

  /** The stream's lowest event, whatever its revision: a removed beginning must not hide the rest. */
  private async isFirst(event: RawEvent, passed: RecentStreams): Promise<boolean> {
    const { stream, revision } = event;
    const known = passed.pass(stream);
    if (revision === 0) return true;
    if (known) return false;
    const lowest = await this.store.readStream(stream, { limit: 1 });
    return lowest.kind === 'missing' || lowest.events[0]?.revision === revision;
  }

  /** Its own tenant, or the one that the index knows: an altered first event must not hide its stream. */
  private async belongs(first: RawEvent, tenants: Tenants): Promise<boolean> {
    if (tenants === 'all' || tenants.includes(tenantOf(first))) return true;
    const caseId = caseIdOf(first.stream);
    const row = caseId === undefined ? undefined : await this.index.get(caseId);
    return row !== undefined && tenants.includes(row.tenant);
  }

  private async checkStream({
    stream,
    revision,
  }: RawEvent): Promise<{ readonly events: number; readonly faults: readonly VerificationFault[] }> {
    const { events, head } = await this.readWithHead(stream);
    if (head === undefined) {
      const detail = 'the store has no record of where the stream ends';
      return { events: 0, faults: [{ stream, revision, kind: 'GAP', detail }] };
    }
    const chain = verifyChain(events, head);
    const caseId = caseIdOf(stream);
    const readSide =
      caseId === undefined || chain.some((f) => f.kind !== 'HASH')
        ? []
        : await this.checkRow(caseId, stream, events).catch(unreadable);
    return { events: events.length, faults: [...chain, ...readSide] };
  }

  /** A stream and its head as they were at one moment, although more is appended: what comes after that head is left out. */
  private async readWithHead(stream: string): Promise<StreamWithHead> {
    const read = await this.store.readStream(stream, { limit: singleRead, headHash: true });
    if (read.kind === 'missing') return { events: [] };
    if (read.events.length < singleRead) return { events: read.events, head: headOf(read) };
    const end = await this.store.readStream(stream, { direction: 'backwards', limit: 1, headHash: true });
    if (end.kind === 'missing') return { events: [] };
    return { events: await readWholeStream(this.store, stream, end.lastRevision), head: headOf(end) };
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

  /** Streams of which nothing but the store's record of their heads is left. */
  private async goneStreams(tenants: Tenants): Promise<readonly VerificationFault[]> {
    const faults: VerificationFault[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = { after, categories: checkedCategories, limit: pageSize };
      const heads: readonly StreamHead[] = (await this.store.readHeads?.(page)) ?? [];
      for (let i = 0; i < heads.length; i += besideEachOther) {
        const some = heads.slice(i, i + besideEachOther).map(({ stream }) => this.isGone(stream, tenants));
        faults.push(...(await Promise.all(some)).flat());
      }
      after = heads.at(-1)?.stream;
    }
    return faults;
  }

  /** Whose it was, only its case can tell now; what no tenant is known of concerns everybody who verifies. */
  private async isGone(stream: string, tenants: Tenants): Promise<readonly VerificationFault[]> {
    const read = await this.store.readStream(stream, { limit: 1 });
    if (read.kind === 'found' && read.events.length > 0) return [];
    const caseId = /^(?:case|access)-(.+)$/.exec(stream)?.[1];
    const row = caseId === undefined ? undefined : await this.index.get(caseId);
    const foreign = row !== undefined && tenants !== 'all' && !tenants.includes(row.tenant);
    return foreign ? [] : [wholeStreamMissing(stream)];
  }

  /** Rows whose stream is gone, and the store's record of it, too, or there is no list of such records. */
  private async strayRows(tenants: Tenants): Promise<readonly VerificationFault[]> {
    const faults: VerificationFault[] = [];
    for (let after: string | undefined; ;) {
      const rows = await this.index.rowsAfter(after, pageSize);
      for (const { caseId, tenant } of rows) {
        if (tenants !== 'all' && !tenants.includes(tenant)) continue;
        const stream = `case-${caseId}`;
        const read = await this.store.readStream(stream, { limit: 1 });
        const unlisted =
          this.store.readHeads === undefined && read.kind === 'found' && read.events.length === 0;
        if (read.kind === 'missing' || unlisted) faults.push(wholeStreamMissing(stream));
      }
      after = rows.at(-1)?.caseId;
      if (after === undefined) return faults;
    }
  }
}

interface StreamWithHead {
  readonly events: readonly RawEvent[];
  /** Undefined where the store has no record of the stream. */
  readonly head?: RecordedHead;
}

function headOf(read: { readonly lastRevision: number; readonly headHash?: string }): RecordedHead {
  return { revision: read.lastRevision, hash: read.headHash };
}

/** An event that came since the chain was checked and that this version cannot read. @throws every other fault */
function unreadable(error: unknown): readonly VerificationFault[] {
  if (!(error instanceof InvalidStoredEvent)) throw error;
  const { stream, revision, problem } = error;
  return [{ stream, revision, kind: 'SCHEMA', detail: problem }];
}

function wholeStreamMissing(stream: string): VerificationFault {
  return { stream, revision: 0, kind: 'GAP', detail: 'the whole stream is missing' };
}

/** Streams of which an event was seen lately; the longest unseen are forgotten. */
class RecentStreams {
  private readonly names = new Set<string>();

  constructor(private readonly most: number) {}

  /** Notes an event of the stream; true when one was seen before and is not forgotten. */
  pass(stream: string): boolean {
    const known = this.names.delete(stream);
    this.names.add(stream);
    const [longest] = this.names;
    if (this.names.size > this.most && longest !== undefined) this.names.delete(longest);
    return known;
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
