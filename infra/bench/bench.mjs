// `npm run bench -- <what> [--json] …`: measures; ratios within one run, because machines differ and are never idle.
import { run, root } from '../local/setup.mjs';
import { join } from 'node:path';

/** Each reads its own arguments: `help`, else `json` and what it needs; and prints its own result. */
const benches = {
  append: async () => (await import('./event-store/cli.mjs')).append,
  'event-store': async () => (await import('./event-store/cli.mjs')).eventStore,
  lifecycle: async () => (await import('./lifecycle/cli.mjs')).lifecycle,
};

const [what = '', ...argv] = process.argv.slice(2);
const open = Object.hasOwn(benches, what) ? benches[what] : undefined;
if (open === undefined) {
  console.error(`What shall be measured? One of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const json = argv.includes('--json');
const built = await run(
  process.execPath,
  [join(root, 'infra/build/build.mjs')],
  json || argv.includes('--help') ? { stdio: 'ignore' } : {},
);
if (built !== 0) process.exit(1);

const { usage, read, measure, print, failed = () => false } = await open();
if (argv.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
let given;
try {
  given = read(argv);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
const say = json ? () => undefined : (line) => console.log(line);
const result = await measure({ ...given, say });
if (json) console.log(JSON.stringify(result, null, 2));
else print(result);
process.exit(failed(result) ? 1 : 0);
