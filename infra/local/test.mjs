// `npm test`: does its own set-up, then checks and all suites. Arguments go to jest:
// `npm test -- --selectProjects unit --testPathPatterns libs/decider`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checks, runChecks } from './checks.mjs';
import { prepare, root, run } from './setup.mjs';

const started = Date.now();
await prepare();
const toJest = process.argv.slice(2);
mkdirSync(join(root, '.balagh'), { recursive: true });
if (toJest.length === 0) {
  const code = await runChecks(checks);
  if (code !== 0) process.exit(code);
}

const proofs = process.env.BALAGH_PROOFS_OUTPUT ?? join(root, '.balagh/proofs.json');
rmSync(proofs, { force: true });
const reporter = join(root, 'infra/requirements/proofs.reporter.cjs');
const jest = [
  join(root, 'node_modules/jest/bin/jest.js'),
  '--reporters=default',
  `--reporters=${reporter}`,
  ...toJest,
];
const code = await run(process.execPath, jest, {
  env: { ...process.env, BALAGH_PROOFS_FILE: join(root, `.balagh/proofs-${process.pid}.jsonl`) },
});
console.log(`took ${Math.round((Date.now() - started) / 1000)} s`);
if (!existsSync(proofs)) process.exit(code === 0 ? 1 : code);
const { passed, failed, skipped } = JSON.parse(readFileSync(proofs, 'utf8')).counts;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(code);
