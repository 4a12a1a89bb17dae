import { text as textOf } from 'node:stream/consumers';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { Client } from 'pg';
import { to } from 'pg-copy-streams';
import { PreparedCall, PreparedCalls, type WireValue } from '../src/postgres/prepared-call';

describe('a call of a prepared statement', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await testDatabase();
  }, 60_000);
  beforeEach(async () => {
    client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
  });
  afterEach(() => client.end());
  afterAll(() => database.close());

  const texts: string[] = [];
  const call = (text: string, ...values: WireValue[]) => {
    if (!texts.includes(text)) texts.push(text);
    return client.query(new PreparedCall({ name: `spec-${texts.indexOf(text)}`, text }, values)).rows;
  };

  it('gives the text of each value, null for NULL, and nothing for no rows', async () => {
    const text = `select n, nullif(n, 2)::text, $1::text || n from generate_series(1, $2::int) as n`;
    expect(await call(text, 'م', '3')).toEqual([
      ['1', '1', 'م1'],
      ['2', null, 'م2'],
      ['3', '3', 'م3'],
    ]);
    expect(await call(text, 'م', '0')).toEqual([]);
    expect(await call('select $1::text', null)).toEqual([[null]]);
    expect(await call('select $1::text', '')).toEqual([['']]);
  });

  it('prepares once for each connection, however often it is called', async () => {
    for (let i = 0; i < 3; i += 1) await call('select $1::int', String(i));
    await call('select 2 + $1::int', '9');
    const { rows } = await client.query<{ statement: string }>(
      'select statement from pg_prepared_statements order by 1',
    );
    expect(rows.map(({ statement }) => statement)).toEqual(['select $1::int', 'select 2 + $1::int']);
  });

  it('fails with what the server said, and leaves the connection to the next', async () => {
    const divide = 'select 1 / $1::int';
    await expect(call(divide, '0')).rejects.toMatchObject({ code: '22012' });
    await expect(call('select nonsense', '0')).rejects.toMatchObject({ code: '42703' });
    await expect(call(divide, 'x')).rejects.toMatchObject({ code: '22P02' });
    expect(await call(divide, '1')).toEqual([['1']]);
  });

  it('fails when the connection breaks', async () => {
    const sleeping = call('select pg_sleep($1::int)', '30');
    const failed = expect(sleeping).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await failed;
    await expect(call('select $1::int', '1')).rejects.toThrow();
  });

  /** What each call of several gave: numbers, in the binary format. */
  const calls = async (text: string, ...values: readonly WireValue[]) => {
    const given: number[][] = [];
    let rows: number[] = [];
    const reader = {
      takeRow: (bytes: Buffer, at: number) => void rows.push(bytes.readInt32BE(at + 4)),
      callEnds: () => {
        given.push(rows);
        rows = [];
      },
    };
    const several = new PreparedCalls(
      { name: `several-${text}`, text },
      values.map((value) => [value]),
      reader,
    );
    const failure = await client.query(several).done.then(
      () => undefined,
      (error: unknown) => error,
    );
    return { given, failure };
  };

  it('shares a round trip with others, answered in their order', async () => {
    const upTo = 'select n from generate_series(1, $1::int) as n';
    expect(await calls(upTo, '3', '0', '1')).toEqual({ given: [[1, 2, 3], [], [1]] });
    expect(await calls(upTo, '2')).toEqual({ given: [[1, 2]] });
    expect((await calls(upTo, '20000')).given[0]).toHaveLength(20_000);
  });

  it('that fails takes those behind it with it, and leaves the connection to the next, whatever that is', async () => {
    const divide = 'select 6 / $1::int';
    expect(await calls(divide, '1', '2', '0', '3')).toMatchObject({
      given: [[6], [3]],
      failure: { code: '22012' },
    });
    expect(await call('select $1::int', '1')).toEqual([['1']]);
    expect(await textOf(client.query(to('copy (select 7) to stdout')))).toBe('7\n');
    expect(await calls(divide, '3')).toEqual({ given: [[2]] });
    expect((await client.query('select 8 as n')).rows).toEqual([{ n: 8 }]);
  });
});
