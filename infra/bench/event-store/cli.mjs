import { append as measureAppend, eventStore as measureEventStore } from './event-store.bench.mjs';
import { printEventStore } from './report.mjs';

const usage = `npm run bench -- append [--only=SHAPE,…] [--full] [--json]        ours against a raw prepared INSERT
npm run bench -- event-store [--only=SHAPE,…] [--full] [--json]   against raw and the peers; replay, one stream, append to handler

  --only=SHAPE,…   "1 writer", "8 writers", "32 writers", "4 processes × 8", and of event-store also "reading"
  --events=N       what replay and one stream are read from (100000; with --full 1000000)
  --full           more and longer repetitions, more events
  --json           everything as one document`;

const read = (argv) => ({
  full: argv.includes('--full'),
  options: Object.fromEntries(
    argv.filter((f) => f.includes('=')).map((f) => f.replace(/^--/, '').split('=')),
  ),
});

export const append = { usage, read, measure: measureAppend, print: printEventStore };
export const eventStore = { usage, read, measure: measureEventStore, print: printEventStore };
