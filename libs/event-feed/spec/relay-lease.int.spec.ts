import { type TestDatabase, testDatabase } from '@balagh/testing';
import { migrateFeed } from '../src';
import { RelayLease } from '../src/kafka/relay-lease';
import { recordingLog } from './feed-bench';

const never = new AbortController().signal;

describe('the lease of a relay', () => {
  let database: TestDatabase;
  let logged: readonly string[];
  beforeEach(async () => {
    database = await testDatabase();
    await migrateFeed(database.pool);
    await migrateFeed(database.pool);
  });
  afterEach(() => database.close());
  const relay = (generation: number): RelayLease => {
    const recording = recordingLog();
    logged = recording.logged;
    return new RelayLease(database.pool, 'intake', generation, recording.log);
  };
  const ask = async (question: string): Promise<unknown> =>
    (await database.pool.query<{ answer: unknown }>(`select ${question} as answer`)).rows[0]?.answer;
  const checkpoint = (): Promise<unknown> => ask('(select position from relay_checkpoint)');

  it('goes from hand to hand among relays of the same generation', async () => {
    const [one, other] = [relay(7), relay(7)];
    await one.supersede();
    expect([await one.renew(), await other.renew()]).toEqual([true, false]);
    await one.release();
    expect([await other.acquire(never), await one.renew()]).toEqual([true, false]);
  });

  it('is taken by one that publishes more as soon as it starts, which begins when the time of the other has run out', async () => {
    await database.pool.query(
      `insert into relay_lease values ('intake', 'of the version before', now() + interval '700 milliseconds')`,
    );
    const newer = relay(1);
    await newer.supersede();
    expect(await ask('(select begins_at <= clock_timestamp() from relay_lease)')).toBe(true);
    expect(await newer.acquire(never)).toBe(true);
    expect(await ask('(select holder from relay_lease)')).not.toBe('of the version before');
  });

  it('is there at once for one that publishes more when it was given back', async () => {
    const [older, newer] = [relay(1), relay(2)];
    await older.supersede();
    await older.release();
    await newer.renew();
    expect(await ask('(select begins_at < now() from relay_lease)')).toBe(true);
    expect(await newer.acquire(never)).toBe(true);
  });

  it('lets another of the same generation begin no earlier', async () => {
    const [old, first, second] = [relay(1), relay(2), relay(2)];
    await old.supersede();
    await database.pool.query(`update relay_lease set expires_at = now() + interval '700 milliseconds'`);
    await first.renew();
    await first.release();
    await second.supersede();
    expect(await ask('(select begins_at <= clock_timestamp() from relay_lease)')).toBe(true);
  });

  it('is neither renewed nor taken by one that publishes less, also when nobody holds it, until the operator says so', async () => {
    const [older, newer] = [relay(1), relay(2)];
    await older.supersede();
    expect(await newer.renew()).toBe(true);
    expect(await older.renew()).toBe(false);
    expect(older.left).toBeLessThanOrEqual(0);
    await newer.release();
    expect(await older.renew()).toBe(false);
    const later = relay(1);
    await later.supersede();
    expect(logged).toEqual(['feed.relay.outdated']);
    await database.pool.query(`delete from relay_lease where service = 'intake'`);
    expect(await later.renew()).toBe(true);
  });

  it('guards the checkpoint: who lost it notes nothing any more', async () => {
    const [older, newer] = [relay(1), relay(2)];
    await older.supersede();
    await older.saveCheckpoint('0005');
    await newer.renew();
    await older.saveCheckpoint('0009');
    expect(await checkpoint()).toBe('0005');
    await newer.saveCheckpoint('0007');
    await newer.saveCheckpoint('0006');
    expect(await checkpoint()).toBe('0007');
  });
});
