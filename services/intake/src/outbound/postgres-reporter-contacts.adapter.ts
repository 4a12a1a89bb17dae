import { type Pool } from 'pg';
import { type ReporterContact, type ReporterContacts } from '../application/reporter-contacts.port';

const rememberSql = `
  insert into reporter_contact as kept (tenant, case_id, phone_index, version) values ($1, $2, $3, $4)
  on conflict (tenant, case_id) do update set phone_index = excluded.phone_index, version = excluded.version
  where kept.version <= excluded.version`;

export class PostgresReporterContacts implements ReporterContacts {
  constructor(private readonly pool: Pool) {}

  async remember({ tenant, caseId, phoneIndex, version }: ReporterContact): Promise<void> {
    const values = [tenant, caseId, phoneIndex, version];
    await this.pool.query({ name: 'reporter-contact-remember', text: rememberSql, values });
  }

  async forget(caseId: string): Promise<void> {
    await this.pool.query('delete from reporter_contact where case_id = $1', [caseId]);
  }
}
