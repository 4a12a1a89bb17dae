import { join } from 'node:path';
import { root, run } from './setup.mjs';

const tool = (path) => join(root, 'node_modules', path);

/** One process each: on two cores, starting a process per package would cost more than the work. */
export const checks = [
  ['types', [tool('typescript-native/bin/tsc'), '-p', 'tsconfig.json']],
  ['types of the console', [tool('typescript-native/bin/tsc'), '-p', 'services/console/tsconfig.json']],
  ['lint', [tool('eslint/bin/eslint.js'), '.']],
  ['format', [tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['architecture', ['infra/lint/architecture.mjs']],
  ['contracts', ['infra/lint/contracts.mjs']],
  ['manifests', ['infra/lint/manifests.mjs']],
  ['alarms', ['infra/lint/alarms.mjs']],
  ['gRPC reference', ['infra/lint/grpc-reference.mjs', '--check']],
  ['event reference', ['infra/lint/event-reference.mjs', '--check']],
];

/** Stops at the first that fails; returns its exit code, or 0. */
export async function runChecks(list) {
  for (const [name, args] of list) {
    const from = Date.now();
    const code = await run(process.execPath, args);
    console.log(
      `${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`,
    );
    if (code !== 0) return code;
  }
  return 0;
}
