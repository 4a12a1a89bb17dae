import { existsSync } from 'node:fs';
import { machine } from '../event-store/machine.mjs';
import { median } from '../event-store/median.mjs';
import {
  countStatements,
  describePostgres,
  forget,
  keptDirectory,
  temporaryDirectory,
  withPostgres,
} from './data-directories.mjs';
import { measure } from './measure.mjs';
import { seedStore } from './seeding/seeding.mjs';

/** Empty and filled store in turn, so that both meet the same machine. */
export async function lifecycle({ options, say }) {
  const filled =
    options.stored === 0
      ? undefined
      : options.data === undefined
        ? temporaryDirectory()
        : keptDirectory(options.data);
  try {
    const seeded = filled === undefined ? undefined : await seedStore({ dataDir: filled, options, say });
    const runs = [];
    let postgres;
    for (let round = 0; round < options.rounds; round += 1) {
      for (const store of options.stores) {
        const dataDir = store === 'empty' ? temporaryDirectory() : filled;
        try {
          postgres ??= await withPostgres(dataDir, {}, ({ url }) => describePostgres(url));
          if (options.sql) await countStatements(dataDir);
          say(`round ${round + 1}, ${store} store`);
          const profileDir =
            options.profile === undefined ? undefined : `${options.profile}/${round + 1}-${store}`;
          runs.push({ store, round: round + 1, ...(await measure({ dataDir, options, profileDir, say })) });
        } finally {
          if (store === 'empty') forget(dataDir);
        }
      }
    }
    return {
      machine: machine(postgres),
      load: options.load,
      feed: options.kafka ? 'kafka' : 'store',
      ...(seeded && { seeded }),
      ...compare(runs),
      runs,
    };
  } finally {
    if (filled !== undefined && options.data === undefined && existsSync(filled)) forget(filled);
  }
}

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
    verified: problems.length === 0,
  };
}
