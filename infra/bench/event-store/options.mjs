import { parseArgs } from 'node:util';
import { shapes } from './appending.mjs';

export const usage = `npm run bench -- append [--only SHAPE,…] [--full] [--json]        ours against a raw prepared INSERT
npm run bench -- event-store [--only SHAPE,…] [--full] [--json]   against raw and the peers; replay, one stream, append to handler

  --only SHAPE,…   ${shapes.map(({ name }) => `"${name}"`).join(', ')}, and of event-store also "reading"
  --events N       what replay and one stream are read from (100000; with --full 1000000)
  --warm-up S      seconds that each subject appends in all its processes before anything is measured (15)
  --full           more and longer repetitions, more events
  --json           everything as one document`;

const stringOption = { type: 'string' };
const flag = { type: 'boolean', default: false };

/**
 * @param more what can be measured besides the shapes of appending
 * @throws an error that says which argument is wrong
 */
export function readOptions(argv, more = []) {
  const { values } = parseArgs({
    args: argv,
    options: {
      ...{ only: stringOption, events: stringOption, 'warm-up': stringOption },
      ...{ full: flag, json: flag, help: flag },
    },
  });
  const wholeNumber = (name, otherwise, least) => {
    const text = values[name] ?? String(otherwise);
    if (!/^\d+$/.test(text) || Number(text) < least)
      throw new Error(`--${name} ${text}: a whole number from ${least} on`);
    return Number(text);
  };
  const only = values.only?.split(',');
  const known = [...shapes.map(({ name }) => name), ...more];
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: one of ${known.join(', ')}`);
  return {
    full: values.full,
    only,
    events: wholeNumber('events', values.full ? 1_000_000 : 100_000, 2_000),
    warmUpMs: 1_000 * wholeNumber('warm-up', 15, 0),
  };
}
