import { randomBytes } from 'node:crypto';
import { type Pool, type QueryResult, type QueryResultRow } from 'pg';
import { withDeadline } from './deadline';
import { KeysUnavailable, SubjectErased, SubjectUnknown } from './privacy.errors';
import { type KeyEncryption } from './privacy.port';
import { keyBytes } from './seal';
import { type SubjectKeys } from './subject-keys.port';

/** Milliseconds that one call to the key table or the key-encryption key may take. */
const callTimeoutMs = 5_000;

type KeyRow = { wrapped: Buffer | null; kek_version: string | null };

/** Data keys in `keys.subject_key`, wrapped. Holds no key itself; see `cachedSubjectKeys`. */
export function createPostgresSubjectKeys(pool: Pool, keyEncryption: KeyEncryption): SubjectKeys {
  const query = async <Row extends QueryResultRow>(
    statement: { readonly name: string; readonly text: string },
    values: unknown[],
  ): Promise<QueryResult<Row>> => {
    try {
      return await withDeadline(pool.query<Row>({ ...statement, values }), callTimeoutMs);
    } catch (error) {
      throw new KeysUnavailable('the key table does not answer', { cause: error });
    }
  };
  return {
    mint: async (subjectId, tenant) => {
      const key = randomBytes(keyBytes);
      const { version, wrapped } = await reach(keyEncryption.wrap(key));
      const { rowCount } = await query(insertKey, [subjectId, tenant, Buffer.from(wrapped), version]);
      return rowCount === 1 ? key : undefined;
    },
    keyOf: async (subjectId) => {
      const found = await query<KeyRow>(selectKey, [subjectId]);
      const row = found.rows[0];
      if (row === undefined) throw new SubjectUnknown('no key was minted for the subject');
      if (row.wrapped === null || row.kek_version === null)
        throw new SubjectErased('the key of the subject was erased');
      return reach(keyEncryption.unwrap(row.kek_version, row.wrapped));
    },
    erase: async (subjectId) => {
      await query(eraseKey, [subjectId]);
    },
  };
}

const insertKey = {
  name: 'keys-mint',
  text: `insert into keys.subject_key (subject_id, tenant, wrapped, kek_version)
    values ($1, $2, $3, $4) on conflict (subject_id) do nothing`,
};
const selectKey = {
  name: 'keys-of',
  text: 'select wrapped, kek_version from keys.subject_key where subject_id = $1',
};
const eraseKey = {
  name: 'keys-erase',
  text: `update keys.subject_key set wrapped = null, kek_version = null, erased_at = now()
    where subject_id = $1 and erased_at is null`,
};

/** A key-encryption key that fails with a permanent error stays permanent; anything else may pass. */
async function reach<T>(call: Promise<T>): Promise<T> {
  try {
    return await withDeadline(call, callTimeoutMs);
  } catch (error) {
    if (error instanceof Error && 'retriable' in error) throw error;
    throw new KeysUnavailable('the key-encryption key does not answer', { cause: error });
  }
}
