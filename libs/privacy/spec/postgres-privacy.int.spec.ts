import { Pool } from 'pg';
import { KeysUnavailable, createPrivacy, migrateKeys } from '@balagh/privacy';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { fakeKeyEncryption, privacyContract } from './privacy.contract';

const subject = '0b6f2f0e-0000-4000-8000-00000000000a';
const indexKey = new Uint8Array(32).fill(7);
let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
  await Promise.all([migrateKeys(db.pool), migrateKeys(db.pool)]);
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('truncate keys.subject_key');
});

const privacyOf = (cacheTtlMs?: number) =>
  createPrivacy({
    pool: db.pool,
    keyEncryption: fakeKeyEncryption(),
    indexKey,
    ...(cacheTtlMs !== undefined && { cacheTtlMs }),
  });

privacyContract('PostgreSQL', () => privacyOf());

describe('privacy over PostgreSQL', () => {
  it('a value sealed by one process opens in another', async () => {
    const one = privacyOf();
    await one.mint(subject, 'MUS');
    expect(await privacyOf().open(await one.seal(subject, 'invented'))).toBe('invented');
  });

  it('the key is committed when mint returns', async () => {
    await privacyOf().mint(subject, 'MUS');
    const { rows } = await db.pool.query(
      'select tenant, kek_version, wrapped is null as empty from keys.subject_key',
    );
    expect(rows).toEqual([{ tenant: 'MUS', kek_version: 'v1', empty: false }]);
  });

  it('fifty processes that mint at once agree on one key', async () => {
    const processes = Array.from({ length: 50 }, () => privacyOf());
    await Promise.all(processes.map((p) => p.mint(subject, 'MUS')));
    const sealed = await Promise.all(processes.map((p) => p.seal(subject, 'invented')));
    const opened = await Promise.all(sealed.map((value) => privacyOf().open(value)));
    expect(new Set(opened)).toEqual(new Set(['invented']));
  });

  it('an erasure takes effect in another process when its time to live is over', async () => {
    const [eraser, reader] = [privacyOf(), privacyOf(300)];
    await eraser.mint(subject, 'MUS');
    const sealed = await reader.seal(subject, 'invented');
    await eraser.erase(subject);
    await eventually(async () => (await reader.openOrErased(sealed)) === undefined, { deadlineMs: 5_000 });
  });

  it('nothing of an erased key is left in the table', async () => {
    const privacy = privacyOf();
    await privacy.mint(subject, 'MUS');
    await privacy.erase(subject);
    const { rows } = await db.pool.query(
      'select wrapped, kek_version, erased_at is null as open from keys.subject_key',
    );
    expect(rows).toEqual([{ wrapped: null, kek_version: null, open: false }]);
  });

  it('keys that are in use are not asked for again', async () => {
    const keyEncryption = fakeKeyEncryption();
    const minter = createPrivacy({ pool: db.pool, keyEncryption, indexKey });
    const privacy = createPrivacy({ pool: db.pool, keyEncryption, indexKey });
    await minter.mint(subject, 'MUS');
    const before = keyEncryption.calls;
    await minter.seal(subject, 'invented');
    expect(keyEncryption.calls - before).toBe(0);
    await Promise.all(Array.from({ length: 100 }, () => privacy.seal(subject, 'invented')));
    expect(keyEncryption.calls - before).toBe(1);
  });

  it('an unreachable table is a passing fault', async () => {
    const pool = new Pool({ host: '127.0.0.1', port: 1, max: 1 });
    const privacy = createPrivacy({ pool, keyEncryption: fakeKeyEncryption(), indexKey });
    await expect(privacy.mint(subject, 'MUS')).rejects.toBeInstanceOf(KeysUnavailable);
    await expect(privacy.seal(subject, 'invented')).rejects.toMatchObject({ retriable: true });
    await pool.end();
  });

  it('an unreachable key-encryption key is a passing fault, and heals', async () => {
    const keyEncryption = fakeKeyEncryption();
    const privacy = createPrivacy({ pool: db.pool, keyEncryption, indexKey });
    await privacyOf().mint(subject, 'MUS');
    keyEncryption.broken = true;
    await expect(privacy.seal(subject, 'invented')).rejects.toBeInstanceOf(KeysUnavailable);
    keyEncryption.broken = false;
    expect(await privacy.open(await privacy.seal(subject, 'invented'))).toBe('invented');
  });

  it('without an index key, blind indexes are refused', async () => {
    const privacy = createPrivacy({ pool: db.pool, keyEncryption: fakeKeyEncryption() });
    await expect(privacy.blindIndex('MUS', 'phone', '+96890000001')).rejects.toBeInstanceOf(KeysUnavailable);
  });
});
