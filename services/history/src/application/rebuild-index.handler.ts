import { caseIdOf } from '@balagh/case-events';
import { type EventStore, START } from '@balagh/event-store';
import { rowOf } from '../domain/case-index-row';
import { readHistory } from './case-history';
import { type CaseIndex } from './case-index.port';

const pageSize = 200;

/**
 * Fills the index from the event store again while the service runs (SYS-02): every case is refolded, wrong rows are put right,
 * rows without a case are removed. The index is never empty meanwhile, and what the feed writes at the same time is kept.
 */
export class RebuildIndex {
  constructor(
    private readonly store: EventStore,
    private readonly index: CaseIndex,
  ) {}

  /** @returns how many cases were folded and how many rows removed. Bounded memory; repeating it is harmless. */
  async rebuild(): Promise<{ readonly cases: number; readonly removed: number }> {
    let cases = 0;
    for (let after = START; ;) {
      const page = await this.store.readAll({
        after,
        limit: pageSize,
        filter: { types: ['CaseOpened'], categories: ['case'] },
      });
      for (const { stream } of page.events) {
        await this.refold(caseIdOf(stream) ?? stream);
        cases += 1;
      }
      after = page.checkpoint;
      if (page.caughtUp) break;
    }
    return { cases, removed: await this.removeStrays() };
  }

  private async refold(caseId: string): Promise<void> {
    const row = await this.fold(caseId);
    if (row === undefined) return;
    await this.index.upsert(row);
    const kept = await this.index.get(caseId);
    if (kept === undefined || kept.version <= row.version) return;
    // Newer than our fold: either the feed was faster, or the row claims events that do not exist.
    const again = await this.fold(caseId);
    if (again !== undefined && kept.version > again.version) await this.index.replace(again);
  }

  private async fold(caseId: string): Promise<ReturnType<typeof rowOf>> {
    const history = await readHistory(this.store, caseId);
    return history === undefined ? undefined : rowOf(caseId, history.events);
  }

  private async removeStrays(): Promise<number> {
    let removed = 0;
    for (let after: string | undefined; ;) {
      const rows = await this.index.rowsAfter(after, pageSize);
      for (const row of rows) {
        if ((await this.store.readStream(`case-${row.caseId}`, { limit: 1 })).kind === 'found') continue;
        await this.index.remove(row.caseId);
        removed += 1;
      }
      after = rows.at(-1)?.caseId;
      if (after === undefined) return removed;
    }
  }
}
