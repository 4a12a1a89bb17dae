// `npm run bench -- <what> [--json] [--full]`: measures; ratios within one run, because machines differ and are never idle.
import { run, root } from '../local/setup.mjs';
import { join } from 'node:path';

const what = process.argv[2] ?? '';
const flags = process.argv.slice(3);
const options = Object.fromEntries(
  flags.filter((f) => f.includes('=')).map((f) => f.replace(/^--/, '').split('=')),
);
const [json, full] = [flags.includes('--json'), flags.includes('--full')];
const say = json ? () => undefined : (line) => console.log(line);

if (
  (await run(process.execPath, [join(root, 'infra/build/build.mjs')], json ? { stdio: 'ignore' } : {})) !== 0
)
  process.exit(1);
const { append, eventStore } = await import('./event-store/event-store.bench.mjs');
const benches = { append, 'event-store': eventStore };
const bench = benches[what];
if (bench === undefined) {
  console.error(`What shall be measured? One of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const result = await bench({ full, say, options });
if (json) console.log(JSON.stringify(result, null, 2));
else {
  console.log(result.machine);
  console.table(
    result.appends.map(
      ({
        shape,
        name,
        perSecond,
        ratio,
        p50,
        p99,
        failed,
        clientCpuMicroseconds,
        serverCpuMicroseconds,
      }) => ({
        shape,
        name,
        'per second': perSecond,
        'ratio to raw': `${ratio.min} / ${ratio.median} / ${ratio.max}`,
        'client µs': clientCpuMicroseconds,
        'server µs': serverCpuMicroseconds,
        'p50 ms': p50,
        'p99 ms': p99,
        failed,
      }),
    ),
  );
  for (const [name, why] of Object.entries(result.missing))
    console.log(`peer not available: ${name}: ${why}`);
  if (result.reading !== undefined) console.dir(result.reading, { depth: null });
}
