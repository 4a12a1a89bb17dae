// Multiplies the cases that were played: one of several processes, each with its own share of the batches.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../local/setup.mjs';
import { serveOrders } from '../child.mjs';
import { readShape } from './case-shape.mjs';
import { copyIn } from './copy-in.mjs';
import { createFilling } from './fill-shape.mjs';
import { caseTables } from './tables.mjs';

const require = createRequire(join(root, 'package.json'));
const { Client, Pool } = require('pg');
const { createFileKeyEncryption, createPrivacy } = require('@balagh/privacy');

const eventColumns = [
  'position',
  'stream',
  'revision',
  'id',
  'type',
  'category',
  'data',
  'metadata',
  'stored_at',
];
const streamColumns = ['stream', 'category', 'revision', 'head_hash'];

async function multiply({ url, keyFile, templates, plan, batches }, progress) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const pool = new Pool({ connectionString: url, max: 2 });
  try {
    await client.query(`set time zone 'UTC'`);
    const keyEncryption = await createFileKeyEncryption(keyFile, { mode: 'production' });
    const privacy = createPrivacy({ pool, keyEncryption });
    const tables = await caseTables(client);
    const shapes = [];
    for (const caseId of templates)
      shapes.push(await readShape(client, tables, caseId, (sealed) => privacy.open(sealed)));
    const { timeZone } = JSON.parse(readFileSync(join(root, 'infra/profiles/mus.json'), 'utf8'));
    const filling = createFilling({ keyEncryption, privacy, tenant: plan.tenant, timeZone });
    await refuseForeignIndex(shapes[0], filling);
    const columns = new Map([
      ['eventstore.events', eventColumns],
      ['eventstore.streams', streamColumns],
      ...tables.map(({ table, columns: names }) => [table, names]),
    ]);
    for (const batch of batches) {
      const filled = await fillBatch({ plan, batch, shapes, filling, columns });
      await writeBatch(client, batch, columns, filled);
      progress(filled.figures);
    }
  } finally {
    await pool.end();
    await client.end();
  }
}

/** What we compute for a phone must be what intake stored for it. */
async function refuseForeignIndex({ slots }, { index }) {
  const valuesOf = (kind) => slots.filter((slot) => slot.kind === kind).map(({ value }) => value);
  const [[phone, ...others], [stored]] = [valuesOf('phone'), valuesOf('phoneIndex')];
  if (phone === undefined || others.length > 0 || (await index(phone)) !== stored)
    throw new Error('the look-up of reporters by phone is made in a way that the seeding does not know');
}

async function fillBatch({ plan, batch, shapes, filling, columns }) {
  const into = Object.fromEntries([...columns.keys()].map((table) => [table, []]));
  const years = {};
  const last = Math.min(plan.copies, (batch + 1) * plan.batchSize);
  for (let copy = batch * plan.batchSize; copy < last; copy += 1) {
    const number = plan.firstNumber + copy;
    const year = await filling.fill(
      shapes[copy % shapes.length],
      {
        number,
        beginsAt: plan.beginsAt + ((plan.endsAt - plan.beginsAt) * copy) / plan.copies,
        position: plan.firstPosition + copy * plan.positionsPerCase,
      },
      into,
    );
    years[year] = Math.max(years[year] ?? 0, number);
  }
  const figures = { cases: last - batch * plan.batchSize, events: into['eventstore.events'].length };
  return { into, years, figures };
}

async function writeBatch(client, batch, columns, { into, years }) {
  await client.query('begin');
  for (const [table, names] of columns) await copyIn(client, table, names, into[table]);
  await client.query('insert into bench_seed.batch (batch, years) values ($1, $2)', [batch, years]);
  await client.query('commit');
}

serveOrders({ multiply });
