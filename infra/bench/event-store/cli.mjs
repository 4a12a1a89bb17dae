import { append as measureAppend, eventStore as measureEventStore } from './event-store.bench.mjs';
import { readOptions, usage } from './options.mjs';
import { printEventStore } from './report.mjs';

const read = (argv) => ({ options: readOptions(argv) });

export const append = { usage, read, measure: measureAppend, print: printEventStore };
export const eventStore = { usage, read, measure: measureEventStore, print: printEventStore };
