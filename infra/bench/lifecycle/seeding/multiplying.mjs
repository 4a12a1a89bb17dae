import { availableParallelism } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../local/setup.mjs';
import { withChild } from '../child.mjs';
import { tenant } from '../desk.mjs';
import { buildIndexes, definitionsOf, dropIndexes } from './indexes.mjs';
import { caseTables, serviceSchemas } from './tables.mjs';

const { topics } = createRequire(join(root, 'package.json'))('@balagh/case-events');
const batchSize = 200;
const yearMs = 365 * 86_400_000;
const dayMs = 86_400_000;

/** Adds the cases that are missing. A plan that was broken off is finished first, as it was. */
export async function multiplyCases({ client, url, keyFile, templates, stored, before, say }) {
  const unfinished = await client.query(`select to_regclass('bench_seed.plan') as there`);
  if (unfinished.rows[0].there === null) {
    if (before >= stored) return { cases: 0 };
    await makePlan(client, templates, stored - before);
  }
  const { plan, definitions } = (await client.query('select * from bench_seed.plan')).rows[0];
  const tables = definitions.tables;
  await dropIndexes(client, definitions);
  const written = await writeBatches({ client, url, keyFile, templates, plan, say });
  say('indexes …');
  await buildIndexes(
    client,
    { constraints: definitions.constraints, indexes: definitions.indexes },
    tables,
    say,
  );
  await moveOn(client, plan);
  await client.query('drop schema bench_seed cascade');
  return written;
}

async function makePlan(client, templates, copies) {
  const tables = [
    'eventstore.events',
    'eventstore.streams',
    ...(await caseTables(client)).map(({ table }) => table),
  ];
  const { rows } = await client.query(
    `with mine as (
       select t.case_id, 'case-' || t.case_id as stream from unnest($1::text[]) as t(case_id)
       union all
       select t.case_id, 'message-' || (e.data::json ->> 'messageId')
       from unnest($1::text[]) as t(case_id) join eventstore.events e on e.stream = 'case-' || t.case_id and e.type = 'NotificationRequested'
     ), counted as (
       select count(*)::int as n from mine join eventstore.events e using (stream) group by mine.case_id
     ) select (select coalesce(max(number), 0) from intake.case_number) as number, (select max(position) from eventstore.events) as position,
       (select max(n) from counted) as most`,
    [templates],
  );
  const [{ number, position, most }] = rows;
  const now = Date.now();
  const plan = {
    tenant,
    copies,
    batchSize,
    firstNumber: Number(number) + 1,
    firstPosition: Number(position) + 1,
    positionsPerCase: most,
    beginsAt: now - yearMs - dayMs,
    endsAt: now - dayMs,
  };
  const definitions = { ...(await definitionsOf(client, tables)), tables };
  await client.query('begin');
  await client.query('create schema bench_seed');
  await client.query('create table bench_seed.batch (batch integer primary key, years jsonb not null)');
  await client.query('create table bench_seed.plan (plan json not null, definitions json not null)');
  await client.query('insert into bench_seed.plan values ($1, $2)', [plan, definitions]);
  await client.query('commit');
}

async function writeBatches({ client, url, keyFile, templates, plan, say }) {
  const done = new Set(
    (await client.query('select batch from bench_seed.batch')).rows.map(({ batch }) => batch),
  );
  const open = Array.from({ length: Math.ceil(plan.copies / plan.batchSize) }, (_, batch) => batch).filter(
    (batch) => !done.has(batch),
  );
  const sum = { cases: 0, events: 0 };
  const begun = performance.now();
  const perSecond = (n) => Math.round(n / ((performance.now() - begun) / 1_000));
  const telling = setInterval(
    () =>
      say(
        `  ${sum.cases} of ${plan.copies - done.size * plan.batchSize} cases, ${perSecond(sum.events)} events/s`,
      ),
    10_000,
  );
  const count = Math.min(availableParallelism(), open.length);
  const share = (at) =>
    withChild('./copies.child.mjs', import.meta.url, (child) =>
      child.ask(
        { kind: 'multiply', url, keyFile, templates, plan, batches: open.filter((_, i) => i % count === at) },
        ({ cases, events }) => {
          sum.cases += cases;
          sum.events += events;
        },
      ),
    );
  try {
    await Promise.all(Array.from({ length: count }, (_, at) => share(at)));
  } finally {
    clearInterval(telling);
  }
  say(`  ${sum.cases} cases, ${sum.events} events, ${perSecond(sum.events)} events/s`);
  return { ...sum, eventsPerSecond: perSecond(sum.events) };
}

/** What counts on goes on behind the copies: positions, numbers, and consumers, relays and the search for numbers, which have seen them all. */
async function moveOn(client, plan) {
  const last = plan.firstPosition + plan.copies * plan.positionsPerCase - 1;
  await client.query(
    `select setval('eventstore.positions', greatest($1::bigint, (select max(position) from eventstore.events)))`,
    [last],
  );
  const { rows } = await client.query(`select last_value::text as last from eventstore.positions`);
  const position = rows[0].last.padStart(20, '0');
  for (const schema of serviceSchemas) {
    await client.query(`update ${schema}.feed_checkpoint set position = $1`, [position]);
    if (topics.includes(`case.${schema}`))
      await client.query(
        `insert into ${schema}.relay_checkpoint as c (service, position) values ($1, $2)
         on conflict (service) do update set position = excluded.position`,
        [schema, position],
      );
  }
  await client.query('update intake.case_number_search set position = $1', [position]);
  await client.query(
    `insert into intake.case_number_counter as c (tenant, year, last)
     select $1, y.key, max(y.value::bigint) from bench_seed.batch, jsonb_each_text(years) y group by y.key
     on conflict (tenant, year) do update set last = greatest(c.last, excluded.last)`,
    [plan.tenant],
  );
}
