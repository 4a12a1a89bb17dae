import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { openTables } from '../src/database/open-tables';

const ran: string[] = [];

class Kept1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    ran.push('kept');
    await runner.query('create table kept (n integer)');
    await runner.query('select pg_sleep(0.3)');
  }
  async down(): Promise<void> {}
}

class KeptByNumber1700000000001 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    ran.push('index');
    await runner.query('create index concurrently kept_by_number on kept (n)');
    const [{ statement_timeout: bound }] =
      await runner.manager.query<readonly [{ statement_timeout: string }]>('show statement_timeout');
    ran.push(bound);
  }
  async down(): Promise<void> {}
}

class Broken1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table half (n integer)');
    await runner.query('select no_such_column');
  }
  async down(): Promise<void> {}
}

describe('a service’s own tables', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    ran.length = 0;
    database = await testDatabase();
  });
  afterEach(() => database.close());

  const open = (migrations: readonly (new () => MigrationInterface)[]) =>
    openTables({ DATABASE_URL: database.url }, { entities: [], migrations: [...migrations] }, 'replica');
  const tables = async (): Promise<readonly string[]> => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename in ('kept', 'half')`,
    );
    return rows.map(({ name }) => name);
  };

  it('are migrated once by replicas that start together, an index made concurrently among it', async () => {
    const migrations = [Kept1700000000000, KeptByNumber1700000000001];
    const replicas = await Promise.all(Array.from({ length: 5 }, () => open(migrations)));
    expect(ran).toEqual(['kept', 'index', '30min']);
    for (const replica of replicas) {
      expect(await replica.query('select n from kept')).toEqual([]);
      expect(await replica.query('show statement_timeout')).toEqual([{ statement_timeout: '15s' }]);
    }
    await Promise.all(replicas.map((replica) => replica.destroy()));
  });

  it('leave nothing open when a migration fails, and nothing of it behind: the next start goes on there', async () => {
    const said = jest.spyOn(console, 'log');
    await expect(open([Kept1700000000000, Broken1700000000002])).rejects.toThrow('no_such_column');
    expect(await tables()).toEqual(['kept']);
    expect(said).not.toHaveBeenCalled();
    const { rows } = await database.pool.query(
      `select 1 from pg_stat_activity where application_name = 'replica' and state = 'active'`,
    );
    expect(rows).toEqual([]);
    const again = await open([Kept1700000000000, KeptByNumber1700000000001]);
    expect(ran).toEqual(['kept', 'index', '30min']);
    await again.destroy();
  });

  it('wait for a replica that is migrating, and go on when it has died', async () => {
    const other = await database.pool.connect();
    await other.query(`select pg_advisory_lock(hashtextextended('balagh.tables.' || current_schema(), 0))`);
    const opened = open([Kept1700000000000]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(ran).toEqual([]);
    other.release(true);
    await (await opened).destroy();
    expect(ran).toEqual(['kept']);
  });
});
