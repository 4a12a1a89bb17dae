import { type Pool } from 'pg';
import { type DuplicateKeys, type KeyHolder } from '../application/duplicate-keys.port';

/** The update makes the statement return the holder's row, whoever came first; it changes nothing but the holder's own time. */
const claimSql = `
  insert into duplicate_key as held (tenant, key, case_id) values ($1, $2, $3)
  on conflict (tenant, key) do update set
    claimed_at = case when held.case_id = excluded.case_id then clock_timestamp() else held.claimed_at end
  returning case_id, extract(epoch from clock_timestamp() - claimed_at) * 1000 as held_for_ms`;

const takeOverSql = `
  update duplicate_key set case_id = $4, claimed_at = clock_timestamp()
  where tenant = $1 and key = $2 and case_id = $3`;

export class PostgresDuplicateKeys implements DuplicateKeys {
  constructor(private readonly pool: Pool) {}

  async claim(tenant: string, key: string, caseId: string): Promise<KeyHolder> {
    const values = [tenant, key, caseId];
    const { rows } = await this.pool.query<{ case_id: string; held_for_ms: string }>({
      name: 'duplicate-key-claim',
      text: claimSql,
      values,
    });
    const [row] = rows;
    if (row === undefined) throw new Error('claiming a key returned no row');
    return { caseId: row.case_id, heldForMs: Number(row.held_for_ms) };
  }

  async takeOver(tenant: string, key: string, from: string, to: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(takeOverSql, [tenant, key, from, to]);
    return rowCount === 1;
  }
}
