import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `Whole lifecycles (story S3) through the public interfaces of a running system.

  npm run bench -- lifecycle                       120 s against an empty store
  npm run bench -- lifecycle --stored 100000       against 100,000 stored cases and against an empty store, in turn
  npm run bench -- lifecycle --stored 1000000 --data DIR   keeps the filled store in DIR and uses it again

  --cases N        so many cases instead of a time
  --seconds S      new cases begin for so long (120)
  --concurrency C  cases under way at once (64)
  --warm-up N      cases before the measured ones: what has just started takes twice the processor time (1,000; with --cases twice the concurrency)
  --photos P       photos of each report, 0 to 2 (2)
  --photo FILE     a JPEG to take for each photo instead of the smallest there is
  --rest N         cases one by one afterwards, for the machine's hops at rest (50)
  --rounds R       repetitions, empty and filled store in turn (1)
  --stored M       valid cases that are stored before
  --data DIR       where the filled store is kept; absent: thrown away
  --templates K    cases played for the filled store; the others are multiplied from them (100)
  --only WHICH     empty or stored: leaves the other one out
  --kafka          over a real Kafka broker instead of the store feed
  --verify         rebuilds the read models at the end and checks every chain: for small stores
  --profile DIR    writes a .cpuprofile of each process of ours; slows them
  --sql            what PostgreSQL spends on each statement; slows it a little
  --json           everything as one document`;

const wholeNumbers = [
  'cases',
  'seconds',
  'concurrency',
  'warm-up',
  'photos',
  'rest',
  'rounds',
  'stored',
  'templates',
];

/** @throws an error that says which argument is wrong */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      ...Object.fromEntries(wholeNumbers.map((name) => [name, { type: 'string' }])),
      data: { type: 'string' },
      only: { type: 'string' },
      photo: { type: 'string' },
      profile: { type: 'string' },
      ...Object.fromEntries(
        ['kafka', 'verify', 'sql', 'json', 'help'].map((name) => [name, { type: 'boolean', default: false }]),
      ),
    },
  });
  const given = (name, least) => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text) || Number(text) < least)
      throw new Error(`--${name} ${text}: a whole number from ${least} on`);
    return Number(text);
  };
  const concurrency = given('concurrency', 1) ?? 64;
  const stored = given('stored', 1) ?? 0;
  const photos = given('photos', 0) ?? 2;
  const cases = given('cases', 1);
  if (photos > 2) throw new Error('--photos: 0 to 2');
  const photo = values.photo === undefined ? undefined : photoFile(values.photo);
  if (![undefined, 'empty', 'stored'].includes(values.only)) throw new Error('--only: empty or stored');
  if (values.only === 'stored' && stored === 0) throw new Error('--only stored needs --stored');
  if (values.data !== undefined && stored === 0) throw new Error('--data needs --stored');
  return {
    load: {
      ...(cases === undefined ? { seconds: given('seconds', 1) ?? 120 } : { cases }),
      concurrency,
      photos,
      ...(photo === undefined ? {} : { photo: photo.path }),
    },
    photoBytes: photo?.bytes,
    warmUp: given('warm-up', 0) ?? (cases === undefined ? 1_000 : 2 * concurrency),
    rest: given('rest', 0) ?? 50,
    rounds: given('rounds', 1) ?? 1,
    stored,
    templates: Math.min(given('templates', 1) ?? 100, Math.max(1, stored)),
    data: values.data,
    stores: stored === 0 ? ['empty'] : values.only === undefined ? ['empty', 'stored'] : [values.only],
    kafka: values.kafka,
    verify: values.verify,
    profile: values.profile,
    sql: values.sql,
    json: values.json,
    help: values.help,
  };
}

function photoFile(name) {
  const path = resolve(name);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) throw new Error(`--photo ${name}: there is no such file`);
  return { path, bytes };
}
