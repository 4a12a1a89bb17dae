import { type DataSource } from 'typeorm';
import { z } from 'zod';
import { type KeptEntry, type KeptRows } from '../application/kept-rows.port';
import { type CaseRows } from '../application/read-models.port';
import { putCases } from './read-models.adapter';

/** `xmin` is the transaction that wrote the row: two never share one. */
const entrySql = `select case_id as "caseId", version, xmin::text as writing from queue_entry`;
const findSql = `${entrySql} where case_id = $1`;

/** Holds the row until the transaction ends, and lets any fold win against it. */
const giveWaySql = `update queue_entry set version = 0 where case_id = $1 and xmin::text = $2`;

const entriesSchema = z.array(z.object({ caseId: z.string(), version: z.number(), writing: z.string() }));
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
}
