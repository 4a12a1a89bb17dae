import { type DataSource } from 'typeorm';
import { z } from 'zod';
import { type Dependant, type KeptEntry, type KeptRows } from '../application/kept-rows.port';
import { type CaseRows } from '../application/read-models.port';
import { putCases } from './read-models.adapter';

/** `xmin` is the transaction that wrote the row: two never share one. */
const entrySql = `select case_id as "caseId", version, xmin::text as writing from queue_entry`;
const findSql = `${entrySql} where case_id = $1`;
const entriesSql = `${entrySql} where case_id > $1 order by case_id limit $2`;

const casesIn = (table: string): string =>
  `(select distinct case_id from ${table} where case_id > $1 order by case_id limit $2)`;
const dependantsSql = `
  select case_id as "caseId", exists (select 1 from queue_entry where queue_entry.case_id = page.case_id) as "hasEntry"
  from (${casesIn('transfer')} union ${casesIn('timer')} order by case_id limit $2) page order by case_id`;
/** Before every case id. */
const noCase = '00000000-0000-0000-0000-000000000000';

/** Holds the row until the transaction ends, and lets any fold win against it. */
const giveWaySql = `update queue_entry set version = 0 where case_id = $1 and xmin::text = $2`;

const removeEntrySql = 'delete from queue_entry where case_id = $1 and xmin::text = $2';
const removeFromSql = (table: string): string =>
  `delete from ${table} where case_id = $1 and not exists (select 1 from queue_entry where queue_entry.case_id = $1)`;

const entriesSchema = z.array(z.object({ caseId: z.string(), version: z.number(), writing: z.string() }));
const dependantsSchema = z.array(z.object({ caseId: z.string(), hasEntry: z.boolean() }));
/** TypeORM answers an UPDATE or DELETE with [rows, count]. */
const changedSchema = z.tuple([z.array(z.unknown()), z.number()]).transform(([, count]) => count);

export class PostgresKeptRows implements KeptRows {
  constructor(private readonly source: DataSource) {}

  async find(caseId: string): Promise<KeptEntry | undefined> {
    return entriesSchema.parse(await this.source.query(findSql, [caseId]))[0];
  }

  async replace({ caseId, writing }: KeptEntry, rows: CaseRows): Promise<void> {
    await this.source.transaction(async (manager) => {
      const changed = changedSchema.parse(await manager.query(giveWaySql, [caseId, writing]));
      if (changed > 0) await putCases(manager, [rows]);
    });
  }

  remove(caseId: string, found: KeptEntry | undefined): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const removed = async (sql: string, ...parameters: readonly string[]): Promise<number> =>
        changedSchema.parse(await manager.query(sql, [caseId, ...parameters]));
      const entries = found === undefined ? 0 : await removed(removeEntrySql, found.writing);
      // An entry that is still there keeps the others.
      const transfers = await removed(removeFromSql('transfer'));
      const timers = await removed(removeFromSql('timer'));
      return entries + transfers + timers > 0;
    });
  }

  async entries(after: string | undefined, limit: number): Promise<readonly KeptEntry[]> {
    return entriesSchema.parse(await this.source.query(entriesSql, [after ?? noCase, limit]));
  }

  async dependants(after: string | undefined, limit: number): Promise<readonly Dependant[]> {
    return dependantsSchema.parse(await this.source.query(dependantsSql, [after ?? noCase, limit]));
  }
}
