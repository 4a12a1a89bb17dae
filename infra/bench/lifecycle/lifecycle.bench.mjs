import { machine } from '../event-store/machine.mjs';
import { median } from '../event-store/median.mjs';
import {
  countStatements,
  describePostgres,
  keptDirectory,
  withPostgres,
  withTemporaryDirectory,
} from './data-directories.mjs';
import { measure } from './measure.mjs';
import { smallestPhoto } from './play-case.mjs';
import { seedStore } from './seeding/seeding.mjs';

/** Empty and filled store in turn, so that both meet the same machine. */
export function lifecycle({ options, say }) {
  if (options.stored === 0) return compared({ options, say });
  const withFilled = async (filled) => {
    const seeded = await seedStore({ dataDir: filled, options, say });
    return compared({ options, say, filled, seeded });
  };
  return options.data === undefined
    ? withTemporaryDirectory(withFilled)
    : withFilled(keptDirectory(options.data));
}

async function compared({ options, say, filled, seeded }) {
  const runs = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const store of options.stores) {
      say(`round ${round}, ${store} store`);
      const run = (dataDir) => measureOnce({ store, round, dataDir, options, say });
      runs.push(store === 'empty' ? await withTemporaryDirectory(run) : await run(filled));
    }
  }
  return {
    machine: machine(runs[0].postgres),
    load: { ...options.load, photo: undefined, photoBytes: options.photoBytes ?? smallestPhoto.length },
    feed: options.kafka ? 'kafka' : 'store',
    ...(seeded && { seeded }),
    ...compare(runs),
    runs,
  };
}

async function measureOnce({ store, round, dataDir, options, say }) {
  if (options.sql) await countStatements(dataDir);
  const postgres = await withPostgres(dataDir, {}, ({ url }) => describePostgres(url));
  const profileDir = options.profile === undefined ? undefined : `${options.profile}/${round}-${store}`;
  return { store, round, postgres, ...(await measure({ dataDir, options, profileDir, say })) };
}

/** From here on others took so much of the processors that rates say little. Percent. */
const disturbedFrom = 10;

function compare(runs) {
  const rates = Object.fromEntries(
    ['empty', 'stored'].map((store) => [
      store,
      median(runs.filter((run) => run.store === store).map(({ casesPerSecond }) => casesPerSecond)),
    ]),
  );
  const problems = runs.flatMap(({ verified, failures }) => [...failures, ...verified.problems]);
  return {
    casesPerSecond: Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate > 0)),
    ...(rates.empty > 0 && rates.stored > 0
      ? { slowerThanEmptyPercent: Math.round((1 - rates.stored / rates.empty) * 1_000) / 10 }
      : {}),
    disturbed: runs.some(({ othersPercent }) => othersPercent >= disturbedFrom),
    verified: problems.length === 0,
  };
}
