import { rowsTogether } from '@balagh/event-feed';
import { type DataSource } from 'typeorm';
import { type Claim, type Lease, type WorkRow, type WorkTable } from '../application/work-table.port';
import { type MessageEntity } from './message.entity';

const columns = 'message_id, case_id, tenant, queue, phase, channel, version, since, due_at';
const leasedColumns = `${columns}, lease_owner, leased_until`;

/** Rows as one JSON array, named as the columns are. */
const addSql = `
  insert into message (${leasedColumns}) select ${leasedColumns} from jsonb_populate_recordset(null::message, $1::jsonb)
  on conflict (message_id) do nothing returning message_id`;

/**
 * Channels and how many rows of each. Rows that another transaction is leasing at this moment are skipped, not waited for. However many rows of one
 * channel wait, those of another are found over the index.
 */
const claimSql = `
  update message set lease_owner = $2, leased_until = $3::timestamptz + make_interval(secs => $4)
  where message_id in (
    select due.message_id from unnest($5::text[], $6::integer[]) as wanted (channel, most)
    cross join lateral (
      select m.message_id from message m
      where m.queue = $1 and m.channel = wanted.channel and m.due_at <= $3::timestamptz
        and (m.leased_until is null or m.leased_until <= $3::timestamptz)
      order by m.due_at
      limit wanted.most
      for update skip locked
    ) due
  )
  returning message_id as "messageId", case_id as "caseId", tenant, queue, phase, channel, version, since, due_at as "dueAt"`;

/** Rows as in `addSql`, `lease_owner` being who saves; their keys again, because a function's rows are too many for the planner to use the index. */
const saveSql = `
  update message m set
    queue = case when m.version <= r.version then r.queue else m.queue end,
    phase = case when m.version <= r.version then r.phase else m.phase end,
    channel = case when m.version <= r.version then r.channel else m.channel end,
    since = case when m.version <= r.version then r.since else m.since end,
    due_at = case when m.version <= r.version then r.due_at else m.due_at end,
    version = greatest(m.version, r.version),
    leased_until = case when m.lease_owner = r.lease_owner then null else m.leased_until end,
    lease_owner = case when m.lease_owner = r.lease_owner then null else m.lease_owner end
  from jsonb_populate_recordset(null::message, $1::jsonb) r
  where m.message_id = any ($2::uuid[]) and m.message_id = r.message_id
  returning m.message_id`;

const touchSql = `
  update message set queue = 'SEND', due_at = $3, version = greatest(version, $2), lease_owner = null, leased_until = null
  where message_id = $1`;

/** A message that was sent waits so long to be put down, when another was just before it: nobody asks for it at once. */
const savedTogetherMs = 50;

export class PostgresWorkTable implements WorkTable {
  private readonly addTogether: (row: WorkRow & { readonly lease?: Lease }) => Promise<boolean>;
  private readonly saveTogether: (row: WorkRow & { readonly owner: string }) => Promise<boolean>;

  /** Rows that are added or saved at the same time travel in one statement. */
  constructor(private readonly source: DataSource) {
    this.addTogether = rowsTogether(
      ({ messageId }) => messageId,
      async (rows) => {
        const added = await source.query<readonly { message_id: string }[]>(addSql, [
          JSON.stringify(
            rows.map((row) => ({
              ...columnsOf(row),
              lease_owner: row.lease?.owner,
              leased_until: row.lease?.until,
            })),
          ),
        ]);
        return new Set(added.map((row) => row.message_id));
      },
    );
    this.saveTogether = rowsTogether(
      ({ messageId }) => messageId,
      async (rows) => {
        const values = rows.map((row) => ({ ...columnsOf(row), lease_owner: row.owner }));
        // TypeORM answers an UPDATE … RETURNING with [rows, count].
        const [saved] = await source.query<readonly [readonly { message_id: string }[], number]>(saveSql, [
          JSON.stringify(values),
          rows.map((row) => row.messageId),
        ]);
        return new Set(saved.map((row) => row.message_id));
      },
      savedTogetherMs,
    );
  }

  async add(row: WorkRow, lease?: Lease): Promise<void> {
    await this.addTogether(lease === undefined ? row : { ...row, lease });
  }

  async claim({ queue, owner, now, leaseMs, limits }: Claim): Promise<readonly WorkRow[]> {
    const parameters = [queue, owner, now, leaseMs / 1_000, [...limits.keys()], [...limits.values()]];
    // TypeORM answers an UPDATE … RETURNING with [rows, count].
    const [rows] = await this.source.query<[MessageEntity[], number]>(claimSql, parameters);
    return rows.map(rowOf).sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1));
  }

  async save(row: WorkRow, owner: string): Promise<void> {
    await this.saveTogether({ ...row, owner });
  }

  async touch(messageId: string, version: number, dueAt: string): Promise<void> {
    await this.source.query(touchSql, [messageId, version, dueAt]);
  }

  async clear(): Promise<void> {
    await this.source.query('truncate message');
  }
}

function columnsOf(row: WorkRow): Readonly<Record<string, unknown>> {
  const { messageId, caseId, tenant, queue, phase, channel, version, since, dueAt } = row;
  return {
    message_id: messageId,
    case_id: caseId,
    tenant,
    queue,
    phase,
    channel,
    version,
    since,
    due_at: dueAt,
  };
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
