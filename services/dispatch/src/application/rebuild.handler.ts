import { caseIdOf } from '@balagh/case-events';
import { isRetriable } from '@balagh/event-feed';
import { type EventStore, START } from '@balagh/event-store';
import { type Logger } from 'pino';
import { type KeptRows } from './kept-rows.port';
import { type ProjectCaseHandler } from './project-case.handler';
import { type ReadModels } from './read-models.port';

const pageSize = 500;

/** What a rebuild led to. */
export interface Rebuilt {
  /** Registered cases whose rows were folded anew. */
  readonly cases: number;
  /** Cases that cannot be folded; their rows stay as they are, and the log names them. */
  readonly failed: number;
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
      return await this.refoldAll();
    } finally {
      this.running = false;
    }
  }

  private async refoldAll(): Promise<Rebuilt> {
    const { store } = this.parts;
    const rebuilt = { cases: 0, failed: 0 };
    for (let after = START, caughtUp = false; !caughtUp;) {
      const filter = { categories: ['case'], types: ['CaseRegistered'] };
      const page = await store.readAll({ after, filter, limit: pageSize });
      for (const { stream } of page.events) {
        const caseId = caseIdOf(stream) ?? stream;
        const done = await this.orLog(caseId, () => this.refold(caseId));
        rebuilt[done ? 'cases' : 'failed'] += 1;
      }
      ({ checkpoint: after, caughtUp } = page);
    }
    return rebuilt;
  }

  private async refold(caseId: string): Promise<void> {
    const rows = await this.parts.projection.rowsOf(caseId);
    if (rows !== undefined && !(await this.parts.rows.put(rows))) await this.mend(caseId);
  }

  /**
   * Newer than our fold: either the feed was faster, or the rows claim events that do not exist. What an entry was rightly folded from was in
   * the store before it, so that who reads the entry first and the store afterwards tells the two apart.
   */
  private async mend(caseId: string): Promise<void> {
    const { projection, kept } = this.parts;
    const found = await kept.find(caseId);
    const rows = await projection.rowsOf(caseId);
    if (found !== undefined && rows !== undefined && found.version > rows.entry.version)
      await kept.replace(found, rows);
  }

  /** A case that can never be folded holds no other up. @returns whether it could @throws retriable faults */
  private async orLog(caseId: string, act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (err) {
      if (isRetriable(err)) throw err;
      this.parts.log.error({ event: 'projection.rebuild.failed', projection: 'work-lists', caseId, err });
      return false;
    }
  }
}
