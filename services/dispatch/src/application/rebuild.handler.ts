import { caseIdOf, caseStream } from '@balagh/case-events';
import { parksCase } from '@balagh/event-feed';
import { type EventStore, START } from '@balagh/event-store';
import { type Logger } from 'pino';
import { type KeptEntry, type KeptRows } from './kept-rows.port';
import { type ProjectCaseHandler } from './project-case.handler';
import { type ReadModels } from './read-models.port';

const pageSize = 500;

/** What a rebuild led to. */
export interface Rebuilt {
  /** Registered cases whose rows were folded anew. */
  readonly cases: number;
  /** Cases that cannot be folded; their rows stay as they are, and the log names them. */
  readonly failed: number;
  /** Cases whose rows were removed: the store does not have them as registered. */
  readonly removed: number;
}

/** Every row anew from the event store, while consumers go on (SYS-02). */
export class RebuildHandler {
  private running = false;

  constructor(
    private readonly parts: {
      readonly store: EventStore;
      readonly projection: Pick<ProjectCaseHandler, 'rowsOf'>;
      readonly rows: Pick<ReadModels, 'put'>;
      readonly kept: KeptRows;
      readonly log: Logger;
    },
  ) {}

  /** Bounded memory; repeating it is harmless. Undefined: another rebuild is running. @throws retriable faults */
  async rebuild(): Promise<Rebuilt | undefined> {
    if (this.running) return undefined;
    this.running = true;
    try {
      return await this.rebuildAll();
    } finally {
      this.running = false;
    }
  }

  private async rebuildAll(): Promise<Rebuilt> {
    const failed = new Set<string>();
    const cases = await this.refoldAll(failed);
    const removed = (await this.mendEntries(failed)) + (await this.mendDependants(failed));
    return { cases, failed: failed.size, removed };
  }

  private async refoldAll(failed: Set<string>): Promise<number> {
    let cases = 0;
    for (let after = START, caughtUp = false; !caughtUp;) {
      const filter = { categories: ['case'], types: ['CaseRegistered'] };
      const page = await this.parts.store.readAll({ after, filter, limit: pageSize });
      for (const { stream } of page.events) {
        const caseId = caseIdOf(stream) ?? stream;
        const removed = await this.orLog(caseId, failed, () => this.refold(caseId));
        if (removed !== undefined) cases += 1;
      }
      ({ checkpoint: after, caughtUp } = page);
    }
    return cases;
  }

  /** @returns whether rows were removed */
  private async refold(caseId: string): Promise<boolean> {
    const { projection, rows } = this.parts;
    const folded = await projection.rowsOf(caseId);
    return folded !== undefined && !(await rows.put(folded)) && this.mend(caseId);
  }

  /** Entries whose last event is not in the store. @returns of how many cases rows were removed */
  private async mendEntries(failed: Set<string>): Promise<number> {
    let removed = 0;
    for await (const entry of eachOf((after) => this.parts.kept.entries(after, pageSize))) {
      const { caseId } = entry;
      const mended = await this.orLog(
        caseId,
        failed,
        async () => !(await this.isConfirmed(entry)) && (await this.mend(caseId)),
      );
      if (mended === true) removed += 1;
    }
    return removed;
  }

  /** Transfers and timers without an entry. @returns of how many cases rows were removed */
  private async mendDependants(failed: Set<string>): Promise<number> {
    let removed = 0;
    for await (const { caseId, hasEntry } of eachOf((after) => this.parts.kept.dependants(after, pageSize))) {
      const mended = hasEntry ? false : await this.orLog(caseId, failed, () => this.mend(caseId));
      if (mended === true) removed += 1;
    }
    return removed;
  }

  private async isConfirmed({ caseId, version }: KeptEntry): Promise<boolean> {
    const read = await this.parts.store.readStream(caseStream(caseId), { from: version - 1, limit: 1 });
    return read.kind === 'found' && read.events.length > 0;
  }

  /**
   * Makes rows agree with the store that claim more than our fold: either the feed was faster, or they claim events that do not exist. What
   * an entry was rightly folded from was in the store before it, so that who reads the entry first and the store afterwards tells
   * the two apart. @returns whether rows were removed
   */
  private async mend(caseId: string): Promise<boolean> {
    const { projection, rows, kept } = this.parts;
    const found = await kept.find(caseId);
    const folded = await projection.rowsOf(caseId);
    if (folded === undefined) return kept.remove(caseId, found);
    if (found !== undefined && found.version > folded.entry.version) await kept.replace(found, folded);
    else await rows.put(folded);
    return false;
  }

  /** A case that can never be folded holds no other up. Undefined: it is one of these. @throws retriable faults */
  private async orLog(
    caseId: string,
    failed: Set<string>,
    act: () => Promise<boolean>,
  ): Promise<boolean | undefined> {
    try {
      return await act();
    } catch (err) {
      if (!parksCase(err)) throw err;
      failed.add(caseId);
      this.parts.log.error({ event: 'projection.rebuild.failed', projection: 'work-lists', caseId, err });
      return undefined;
    }
  }
}

/** All rows, page by page. */
async function* eachOf<Row extends { readonly caseId: string }>(
  pageAfter: (after: string | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after: string | undefined; ;) {
    const page = await pageAfter(after);
    yield* page;
    after = page.at(-1)?.caseId;
    if (after === undefined) return;
  }
}
