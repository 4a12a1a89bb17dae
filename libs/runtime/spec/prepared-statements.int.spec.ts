import { type TestDatabase, testDatabase } from '@balagh/testing';
import { Pool } from 'pg';
import { preparesStatements } from '../src/database/prepared-statements';

describe('a connection that prepares what it is asked', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url, max: 1 });
    pool.on('connect', preparesStatements);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  const prepared = async (): Promise<readonly string[]> => {
    const { rows } = await pool.query<{ statement: string }>(
      'select statement from pg_prepared_statements order by 1',
    );
    return rows.map(({ statement }) => statement);
  };

  it('does so once for each text with parameters, whether awaited or called back, and leaves others alone', async () => {
    const client = await pool.connect();
    const text = 'select $1::int + 1 as n';
    expect((await client.query<{ n: number }>(text, [1])).rows).toEqual([{ n: 2 }]);
    const again = await new Promise((resolve, reject) =>
      client.query(text, [2], (error: Error | null, result) =>
        error === null || error === undefined ? resolve(result.rows) : reject(error),
      ),
    );
    expect(again).toEqual([{ n: 3 }]);
    await client.query('select 1');
    client.release();
    expect(await prepared()).toEqual([text]);
  });

  it('fails once when the table beneath a statement has changed, and not again', async () => {
    await pool.query('create table changing (a int)');
    const client = await pool.connect();
    const text = 'select * from changing where $1';
    await client.query(text, [true]);
    await client.query('alter table changing add b int');
    await expect(client.query(text, [true])).rejects.toMatchObject({ code: '0A000' });
    expect((await client.query(text, [true])).fields.map(({ name }) => name)).toEqual(['a', 'b']);
    client.release();
  });
});
