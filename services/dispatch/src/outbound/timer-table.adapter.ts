import { type DataSource } from 'typeorm';
import { z } from 'zod';
import { type LeasedTimer, type TimerTable } from '../application/timer-table.port';

const leaseSql = `
  update timer set lease_owner = $1, lease_until = $2, fence = fence + 1
  where (case_id, kind) in (
    select case_id, kind from timer
    where due_at < $3 and (lease_until is null or lease_until < $3)
    order by due_at limit $4 for update skip locked)
  returning case_id as "caseId", kind, tenant, due_at as "dueAt", fence`;

const releaseSql = `
  update timer set lease_owner = null, lease_until = null,
    due_at = case when due_at <= $4 then greatest(due_at, $5) else due_at end
  where case_id = $1 and kind = $2 and fence = $3`;

const outdatedSql = `
  select distinct case_id as "caseId" from timer
  where tenant = $1 and calendar_version < $2 and ($3::uuid is null or case_id > $3) order by case_id limit $4`;

const leasedSchema = z.object({
  caseId: z.string(),
  kind: z.enum(['REMINDER', 'DEADLINE']),
  tenant: z.string(),
  dueAt: z.date().transform((at) => at.toISOString()),
  fence: z.string(),
});

export class PostgresTimerTable implements TimerTable {
  constructor(private readonly source: DataSource) {}

  async lease({
    now,
    until,
    owner,
    limit,
  }: Parameters<TimerTable['lease']>[0]): Promise<readonly LeasedTimer[]> {
    // TypeORM answers an UPDATE with [rows, count].
    const [rows] = z
      .tuple([z.array(leasedSchema), z.number()])
      .parse(await this.source.query(leaseSql, [owner, until, now, limit]));
    return [...rows].sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1));
  }

  async release({ caseId, kind, fence, dueAt }: LeasedTimer, notBefore: string): Promise<void> {
    await this.source.query(releaseSql, [caseId, kind, fence, dueAt, notBefore]);
  }

  async outdated({
    tenant,
    calendarVersion,
    after,
    limit,
  }: Parameters<TimerTable['outdated']>[0]): Promise<readonly string[]> {
    const parameters = [tenant, calendarVersion, after ?? null, limit];
    const rows: unknown = await this.source.query(outdatedSql, parameters);
    return z
      .array(z.object({ caseId: z.string() }))
      .parse(rows)
      .map(({ caseId }) => caseId);
  }
}
