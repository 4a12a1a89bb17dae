import { type Pool } from 'pg';
import { type ReporterContacts } from '../application/reporter-contacts.port';

const rememberSql = `
  insert into reporter_contact (tenant, case_id, phone_index) values ($1, $2, $3)
  on conflict (tenant, case_id) do update set phone_index = excluded.phone_index`;

export class PostgresReporterContacts implements ReporterContacts {
  constructor(private readonly pool: Pool) {}

  async remember(tenant: string, caseId: string, phoneIndex: string): Promise<void> {
    await this.pool.query({
      name: 'reporter-contact-remember',
      text: rememberSql,
      values: [tenant, caseId, phoneIndex],
    });
  }

  async forget(caseId: string): Promise<void> {
    await this.pool.query('delete from reporter_contact where case_id = $1', [caseId]);
  }
}
