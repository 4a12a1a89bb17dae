import { lifecycle as measure } from './lifecycle.bench.mjs';
import { readOptions, usage } from './options.mjs';
import { printLifecycle } from './report.mjs';

export const lifecycle = {
  usage,
  read: (argv) => ({ options: readOptions(argv) }),
  measure,
  print: printLifecycle,
  failed: ({ verified }) => !verified,
};
