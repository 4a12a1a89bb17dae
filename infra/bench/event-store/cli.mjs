import { append as measureAppend, eventStore as measureEventStore } from './event-store.bench.mjs';
import { readOptions, usage } from './options.mjs';
import { printEventStore } from './report.mjs';

const read = (more) => (argv) => ({ options: readOptions(argv, more) });

export const append = { usage, read: read([]), measure: measureAppend, print: printEventStore };
export const eventStore = {
  usage,
  read: read(['reading']),
  measure: measureEventStore,
  print: printEventStore,
};
