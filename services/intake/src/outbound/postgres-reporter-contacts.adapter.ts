import { rowsTogether } from '@balagh/event-feed';
import { type Pool } from 'pg';
import { type ReporterContact, type ReporterContacts } from '../application/reporter-contacts.port';

/** Rows as one JSON array, named as the columns are. Keeps the newer version; a row that says the same is not written again. */
const rememberSql = `
  insert into reporter_contact as kept (tenant, case_id, phone_index, version)
  select tenant, case_id, phone_index, version from jsonb_populate_recordset(null::reporter_contact, $1::jsonb)
  on conflict (tenant, case_id) do update set phone_index = excluded.phone_index, version = excluded.version
  where kept.version < excluded.version
    or (kept.version = excluded.version and kept.phone_index <> excluded.phone_index)
  returning case_id`;

export class PostgresReporterContacts implements ReporterContacts {
  private readonly rememberTogether: (contact: ReporterContact) => Promise<boolean>;

  /** Contacts that are remembered at the same time travel in one statement. */
  constructor(private readonly pool: Pool) {
    this.rememberTogether = rowsTogether<ReporterContact>(
      ({ caseId }) => caseId,
      async (contacts) => {
        const values = [JSON.stringify(contacts.map(columnsOf))];
        const { rows } = await pool.query<{ case_id: string }>({
          name: 'reporter-contact-remember',
          text: rememberSql,
          values,
        });
        return new Set(rows.map((row) => row.case_id));
      },
    );
  }

  async remember(contact: ReporterContact): Promise<void> {
    await this.rememberTogether(contact);
  }

  async forget(caseId: string): Promise<void> {
    await this.pool.query('delete from reporter_contact where case_id = $1', [caseId]);
  }
}

function columnsOf({
  tenant,
  caseId,
  phoneIndex,
  version,
}: ReporterContact): Readonly<Record<string, unknown>> {
  return { tenant, case_id: caseId, phone_index: phoneIndex, version };
}
