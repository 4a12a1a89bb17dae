import { type TestDatabase, testDatabase } from '@balagh/testing';
import { type EventEmitter } from 'node:events';
import { Client, Pool } from 'pg';
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

  it('gives what the driver itself would give, and has the rows described once', async () => {
    await pool.query(
      'create table given (id serial primary key, at timestamptz, doc jsonb, tags text[], n bigint, raw bytea)',
    );
    const plain = new Client({ connectionString: database.url });
    await plain.connect();
    const client = await pool.connect();
    let described = 0;
    (client as unknown as { connection: EventEmitter }).connection.on(
      'rowDescription',
      () => (described += 1),
    );
    const insert = 'insert into given (at, doc, tags, n, raw) values ($1, $2, $3, $4, $5)';
    const values = [
      new Date('2026-03-01T08:00:00Z'),
      { تم: [1] },
      ['أ', 'b "c"'],
      9_007_199_254_740_993n,
      Buffer.from([0, 255]),
    ];
    expect(await client.query(insert, values)).toMatchObject({ command: 'INSERT', rowCount: 1, rows: [] });
    expect(await client.query(insert, [null, null, null, null, null])).toMatchObject({ rowCount: 1 });
    const select = 'select *, $1::int as asked, null as nothing from given where id <= $2 order by id';
    for (const most of [2, 0, 1]) {
      const [ours, theirs] = [await client.query(select, [7, most]), await plain.query(select, [7, most])];
      expect([ours.rows, ours.rowCount, ours.command]).toEqual([
        theirs.rows,
        theirs.rowCount,
        theirs.command,
      ]);
      expect(ours.fields.map(({ name }) => name)).toEqual(theirs.fields.map(({ name }) => name));
    }
    expect(await client.query('update given set n = $1 where id = $2 returning n', [1, 2])).toMatchObject({
      command: 'UPDATE',
      rowCount: 1,
      rows: [{ n: '1' }],
    });
    expect(described).toBe(2);
    client.release();
    await plain.end();
  });

  it('fails with what the server or a value says, and leaves the connection to the next', async () => {
    const client = await pool.connect();
    const divide = 'select 1 / $1::int as n';
    await expect(client.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    await expect(client.query('select $1::jsonb', [endless])).rejects.toThrow('circular');
    expect((await client.query<{ n: number }>(divide, [1])).rows).toEqual([{ n: 1 }]);
    client.release();
  });
});
