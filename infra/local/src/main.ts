import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playStories } from '@balagh/stories';
import { banner } from './banner';
import { postgresHome } from './data-directory';
import { type LaunchOptions, readOptions, usage } from './options';
import { type RunningSystem, startSystem } from './system';

/** The launcher: `npm start` ends up here after its set-up. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  return options.smoke ? smoke(options) : serve(options);
}

async function serve(options: LaunchOptions): Promise<number> {
  const started = Date.now();
  const asked = stopSignal();
  const starting = startSystem({
    dataDir: options.dataDir,
    firstPort: options.port,
    kafka: options.kafka,
    progress: console.log,
  });
  const first = await Promise.race([starting, asked]);
  const system = typeof first === 'string' ? await starting : first;
  if (typeof first !== 'string')
    console.log(banner(system.endpoints, (Date.now() - started) / 1000, system.memory()));
  await asked;
  console.log('\nstopping …');
  await system.stop();
  console.log('stopped; data is kept.');
  return 0;
}

/** On data of its own, which is thrown away: it can run beside a running system, and twice at once. */
async function smoke(options: LaunchOptions): Promise<number> {
  const started = Date.now();
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'balagh-smoke-'));
  const asked = stopSignal();
  let system: RunningSystem | undefined;
  try {
    system = await startSystem({ dataDir, firstPort: 0, kafka: options.kafka, progress: console.log });
    const result = await Promise.race([playStories(system.endpoints, console.log), asked]);
    if (typeof result === 'string') throw new Error(`stopped by ${result}`);
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    const rssMb = system.memory();
    await system.stop();
    system = undefined;
    console.log(JSON.stringify({ stories: result, seconds, rssMb, feed: options.kafka ? 'kafka' : 'store' }));
    return result.failed === 0 && result.passed > 0 ? 0 : 1;
  } finally {
    await system?.stop();
    if (options.dataDir === undefined) {
      rmSync(postgresHome(dataDir), { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
