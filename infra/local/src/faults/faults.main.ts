import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { postgresHome } from '../data-directory';
import { startSystem } from '../system';
import { Drill } from './drill';
import { prepareFullDisk } from './full-disk';
import { type Injection, injections } from './injections';
import { Chance } from './random';
import { type RoundResult, playRound } from './round';

const usage = `Faults on purpose, against a system of its own with data that is thrown away; then everything is checked.

  npm run faults                     one round of every fault, in any order, on the store feed
  npm run faults -- --kafka          the same over a real Kafka broker
  npm run faults -- --rounds 5       several rounds on the same data
  npm run faults -- --only NAME,…    these faults only, in this order
  npm run faults -- --short          over Kafka: without the faults in which the feed has no part
  npm run faults -- --within 4       begins no further fault of a round after so many minutes, and names those left out
  npm run faults -- --seed 7         repeats the order of an earlier run
  npm run faults -- --keep           keeps logs and data (but not PostgreSQL’s, when it lay on a file system of its own)
  npm run faults -- --list           the faults

Exit status 1 when something was lost, doubled or did not recover.`;

interface Options {
  readonly rounds: number;
  readonly kafka: boolean;
  readonly only: readonly string[] | undefined;
  readonly short: boolean;
  /** Minutes for the faults of one round. */
  readonly within: number;
  readonly seed: number;
  readonly keep: boolean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '1' },
      kafka: { type: 'boolean', default: false },
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      within: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help || values.list) {
    console.log(
      values.list
        ? injections
            .map(
              ({ name, what, feed }) =>
                `${name.padEnd(22)} ${what}${feed === undefined ? '' : ` (${feed} only)`}`,
            )
            .join('\n')
        : usage,
    );
    return 0;
  }
  const [rounds, seed, within] = [Number(values.rounds), Number(values.seed), Number(values.within)];
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
    throw new Error('--rounds and --seed are whole numbers');
  if (!(within > 0)) throw new Error('--within is a number of minutes');
  return drill({
    rounds,
    seed,
    kafka: values.kafka,
    only: values.only?.split(','),
    short: values.short,
    within,
    keep: values.keep,
  });
}

async function drill(options: Options): Promise<number> {
  const started = Date.now();
  const say = (line: string): void =>
    console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s  ${line}`);
  const chosen = choose(options);
  const dataDir = mkdtempSync(join(tmpdir(), 'balagh-faults-'));
  const disk = prepareFullDisk(dataDir);
  const faultsFile = join(dataDir, 'feed-faults.json');
  const chance = new Chance(options.seed);
  say(`seed ${options.seed}, ${options.kafka ? 'Kafka' : 'store'} feed, data in ${dataDir}`);
  const system = await startSystem({
    dataDir,
    firstPort: 0,
    kafka: options.kafka,
    serviceEnvironment: { FEED_FAULTS_FILE: faultsFile, PUBLIC_RATE_PER_SECOND: '200', PUBLIC_BURST: '400' },
    progress: (line) => say(`  ${line}`),
  }).catch((error: unknown) => {
    disk.remove();
    throw error;
  });
  const asked = new Promise<'stopped'>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop('stopped'));
  });
  const results: RoundResult[] = [];
  let events = 0;
  try {
    const drilled = new Drill({ system, dataDir, faultsFile, disk, chance, say });
    for (let round = 1; round <= options.rounds; round += 1) {
      say(`round ${round} of ${options.rounds}`);
      const found = await Promise.race([
        playRound(
          drilled,
          options.only === undefined ? chance.shuffled(chosen) : chosen,
          options.within * 60_000,
        ),
        asked,
      ]);
      if (found === 'stopped') return 1;
      results.push(found);
      events = await drilled.events();
    }
  } finally {
    await system.stop();
    disk.remove();
    if (!options.keep && results.length === options.rounds && sumOf(results, 'problems') === 0) {
      rmSync(postgresHome(dataDir), { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    } else say(`logs are in ${join(dataDir, 'logs')}`);
  }
  const problems = sumOf(results, 'problems');
  say(
    `${options.rounds} rounds: ${sumOf(results, 'faults')} faults injected, ${sumOf(results, 'stories')} stories completed, ${sumOf(results, 'acknowledged')} reports acknowledged, ${events} events; ${problems} problems`,
  );
  return problems === 0 ? 0 : 1;
}

const sumOf = (results: readonly RoundResult[], figure: keyof RoundResult): number =>
  results.reduce((sum, result) => sum + result[figure], 0);

function choose({ only, kafka, short }: Options): readonly Injection[] {
  const feed = kafka ? 'kafka' : 'store';
  const possible = injections.filter((one) => one.feed === undefined || one.feed === feed);
  if (only !== undefined) {
    return only.map((name) => {
      const found = possible.find((one) => one.name === name);
      if (found === undefined)
        throw new Error(`--only ${name}: no such fault on this feed; --list shows them`);
      return found;
    });
  }
  return short && kafka ? possible.filter((one) => one.once !== true) : possible;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
