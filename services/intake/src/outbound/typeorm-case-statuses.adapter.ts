import { rowsTogether } from '@balagh/event-feed';
import { type DataSource } from 'typeorm';
import { type CaseStatus, type CaseStatuses } from '../application/case-statuses.port';
import { CaseStatusRow } from './case-status.entity';

/**
 * Rows as one JSON array, named as the columns are. Keeps the newer version. A row from before $2, the start of a rebuild, is
 * replaced whatever it says: whoever reads the stream after that moment sees at least what its writer saw.
 */
const saveSql = `
  insert into case_status as kept (case_id, tenant, case_number, stage, registered_at, updated_at, version, written_at)
  select case_id, tenant, case_number, stage, registered_at, updated_at, version, clock_timestamp()
  from jsonb_populate_recordset(null::case_status, $1::jsonb)
  on conflict (case_id) do update set
    tenant = excluded.tenant, case_number = excluded.case_number, stage = excluded.stage,
    registered_at = excluded.registered_at, updated_at = excluded.updated_at, version = excluded.version,
    written_at = excluded.written_at
  where kept.version < excluded.version or kept.written_at < $2::timestamptz
  returning case_id`;

export class TypeormCaseStatuses implements CaseStatuses {
  private readonly saveTogether: (status: CaseStatus) => Promise<boolean>;

  /** Statuses that are saved at the same time travel in one statement. */
  constructor(private readonly database: DataSource) {
    this.saveTogether = rowsTogether<CaseStatus>(
      ({ caseId }) => caseId,
      (statuses) => this.write(statuses, null),
    );
  }

  async save(status: CaseStatus): Promise<void> {
    await this.saveTogether(status);
  }

  async find(tenant: string, caseNumber: string, phoneIndex: string): Promise<CaseStatus | undefined> {
    const row = await this.database
      .getRepository(CaseStatusRow)
      .createQueryBuilder('status')
      .innerJoin(
        'reporter_contact',
        'contact',
        'contact.tenant = status.tenant and contact.case_id = status.case_id',
      )
      .where(
        'status.tenant = :tenant and status.case_number = :caseNumber and contact.phone_index = :phoneIndex',
        { tenant, caseNumber, phoneIndex },
      )
      .getOne();
    if (row === null) return undefined;
    const { caseId, stage, registeredAt, updatedAt, version } = row;
    return {
      tenant,
      caseId,
      caseNumber,
      stage,
      registeredAt: registeredAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      version,
    };
  }

  async replaceAll(statuses: AsyncIterable<CaseStatus>): Promise<number> {
    const [started] = await this.database.query<{ at: string }[]>('select clock_timestamp()::text as at');
    let saved = 0;
    for await (const status of statuses) {
      await this.write([status], started?.at ?? null);
      saved += 1;
    }
    await this.database.query('delete from case_status where written_at < $1::timestamptz', [started?.at]);
    return saved;
  }

  /** The cases whose rows were written. */
  private async write(
    statuses: readonly CaseStatus[],
    rebuildStartedAt: string | null,
  ): Promise<ReadonlySet<string>> {
    const written = await this.database.query<readonly { case_id: string }[]>(saveSql, [
      JSON.stringify(statuses.map(columnsOf)),
      rebuildStartedAt,
    ]);
    return new Set(written.map((row) => row.case_id));
  }
}

function columnsOf(status: CaseStatus): Readonly<Record<string, unknown>> {
  const { caseId, tenant, caseNumber, stage, registeredAt, updatedAt, version } = status;
  return {
    case_id: caseId,
    tenant,
    case_number: caseNumber,
    stage,
    registered_at: registeredAt,
    updated_at: updatedAt,
    version,
  };
}
