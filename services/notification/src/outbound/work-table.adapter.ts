import { type DataSource } from 'typeorm';
import { type Claim, type WorkRow, type WorkTable } from '../application/work-table.port';
import { type MessageEntity } from './message.entity';

const addSql = `
  insert into message (message_id, case_id, tenant, queue, phase, channel, version, since, due_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (message_id) do nothing`;

/** Rows that another transaction is leasing at this moment are skipped, not waited for. */
const claimSql = `
  update message set lease_owner = $2, leased_until = $3::timestamptz + make_interval(secs => $4)
  where message_id in (
    select message_id from message
    where queue = $1 and due_at <= $3::timestamptz and (leased_until is null or leased_until <= $3::timestamptz)
    order by due_at
    limit $5
    for update skip locked
  )
  returning message_id as "messageId", case_id as "caseId", tenant, queue, phase, channel, version, since, due_at as "dueAt"`;

const saveSql = `
  update message set
    queue = case when version <= $3 then $4 else queue end,
    phase = case when version <= $3 then $5 else phase end,
    channel = case when version <= $3 then $6 else channel end,
    since = case when version <= $3 then $7::timestamptz else since end,
    due_at = case when version <= $3 then $8::timestamptz else due_at end,
    version = greatest(version, $3),
    leased_until = case when lease_owner = $2 then null else leased_until end,
    lease_owner = case when lease_owner = $2 then null else lease_owner end
  where message_id = $1`;

export class PostgresWorkTable implements WorkTable {
  constructor(private readonly source: DataSource) {}

  async add(row: WorkRow): Promise<void> {
    const { messageId, caseId, tenant, queue, phase, channel, version, since, dueAt } = row;
    await this.source.query(addSql, [
      messageId,
      caseId,
      tenant,
      queue,
      phase,
      channel,
      version,
      since,
      dueAt,
    ]);
  }

  async claim({ queue, owner, now, leaseMs, limit }: Claim): Promise<readonly WorkRow[]> {
    const parameters = [queue, owner, now, leaseMs / 1_000, limit];
    // TypeORM answers an UPDATE … RETURNING with [rows, count].
    const [rows] = await this.source.query<[MessageEntity[], number]>(claimSql, parameters);
    return rows.map(rowOf).sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1));
  }

  async save(row: WorkRow, owner: string): Promise<void> {
    const { messageId, version, queue, phase, channel, since, dueAt } = row;
    await this.source.query(saveSql, [messageId, owner, version, queue, phase, channel, since, dueAt]);
  }

  async touch(messageId: string, dueAt: string): Promise<void> {
    const sql = `update message set queue = 'SEND', due_at = $2, lease_owner = null, leased_until = null where message_id = $1`;
    await this.source.query(sql, [messageId, dueAt]);
  }

  async clear(): Promise<void> {
    await this.source.query('truncate message');
  }
}

function rowOf(entity: MessageEntity): WorkRow {
  const { messageId, caseId, tenant, queue, phase, channel, version, since, dueAt } = entity;
  return {
    messageId,
    caseId,
    tenant,
    queue: queue === 'TRACK' ? 'TRACK' : 'SEND',
    phase: phase as WorkRow['phase'],
    channel,
    version,
    since: since.toISOString(),
    dueAt: dueAt?.toISOString() ?? null,
  };
}
