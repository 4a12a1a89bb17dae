import { type Pool } from 'pg';
import { type CaseNumbers, type ReservedNumber } from '../application/case-numbers.port';

/**
 * One statement: the number the case has, or the next one of the year. The counter's row is locked for the length of
 * the statement only. When two reservations of one case meet, the later one draws in vain and reads again.
 */
const reserveSql = `
  with known as (
    select year, number from case_number where tenant = $1 and case_id = $3
  ), drawn as (
    insert into case_number_counter as counter (tenant, year, last)
    select $1, $2, 1 where not exists (select from known)
    on conflict (tenant, year) do update set last = counter.last + 1
    returning year, last
  ), taken as (
    insert into case_number (tenant, year, number, case_id)
    select $1, year, last, $3 from drawn
    on conflict (tenant, case_id) do nothing
    returning year, number
  )
  select year, number from known union all select year, number from taken`;

const raiseSql = `
  insert into case_number_counter as counter (tenant, year, last) values ($1, $2, $3)
  on conflict (tenant, year) do update set last = greatest(counter.last, excluded.last)`;

const markSql = `
  insert into case_number_search (only_row, position) values (true, $1)
  on conflict (only_row) do update set position = excluded.position`;

interface Row {
  readonly year: string;
  /** bigint, as text. */
  readonly number: string;
}

export class PostgresCaseNumbers implements CaseNumbers {
  constructor(private readonly pool: Pool) {}

  async reserve(tenant: string, year: string, caseId: string): Promise<ReservedNumber> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { rows } = await this.pool.query<Row>({
        name: 'case-number-reserve',
        text: reserveSql,
        values: [tenant, year, caseId],
      });
      const [row] = rows;
      if (row !== undefined) return { year: row.year, number: Number(row.number) };
    }
    throw new Error('a number was reserved for the case but cannot be read');
  }

  async raise(tenant: string, year: string, number: number): Promise<void> {
    await this.pool.query(raiseSql, [tenant, year, number]);
  }

  async searchedTo(): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ position: string }>('select position from case_number_search');
    return rows[0]?.position;
  }

  async markSearched(position: string): Promise<void> {
    await this.pool.query(markSql, [position]);
  }
}
