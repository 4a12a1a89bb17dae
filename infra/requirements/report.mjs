// `npm run requirements`: all 201 requirements with the tests that proved them in the last `npm test`, or "not yet".
// --json prints data; --check fails when an id is declared that does not exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../local/setup.mjs';

const proofsFile = process.env.BALAGH_PROOFS_OUTPUT ?? join(root, '.balagh/proofs.json');
if (process.argv.includes('--help')) {
  console.log(
    'npm run requirements [-- --json] [-- --check]\nReads the result of the last `npm test` (.balagh/proofs.json).',
  );
  process.exit(0);
}
const requirements = JSON.parse(readFileSync(join(root, 'docs/reference/requirements.json'), 'utf8'));
if (!existsSync(proofsFile)) {
  console.error('No test run recorded yet: run `npm test` first.');
  process.exit(1);
}
const { tests, finishedAt } = JSON.parse(readFileSync(proofsFile, 'utf8'));
const rows = requirements.map(({ id, kind, requirement }) => ({
  id,
  kind,
  requirement,
  provedBy: [
    ...new Set(tests.filter((t) => t.passed && t.ids.includes(id)).map((t) => `${t.path} › ${t.test}`)),
  ],
  failing: tests.filter((t) => !t.passed && t.ids.includes(id)).length,
}));
const unknown = [...new Set(tests.flatMap((t) => t.ids))].filter(
  (id) => !requirements.some((r) => r.id === id),
);
const proved = rows.filter((row) => row.provedBy.length > 0).length;

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ finishedAt, total: rows.length, proved, unknown, rows }, null, 2));
} else {
  for (const { id, kind, requirement, provedBy, failing } of rows) {
    const short = requirement.length > 90 ? `${requirement.slice(0, 89)}…` : requirement;
    const state =
      provedBy.length > 0
        ? provedBy.join('\n            ')
        : failing > 0
          ? 'declared, but the test failed'
          : 'not yet';
    console.log(`${id} [${kind}]  ${short}\n            ${state}`);
  }
  console.log(
    `\n${proved} of ${rows.length} requirements proved by green tests of the run that ended ${finishedAt}.`,
  );
}
if (unknown.length > 0) {
  console.error(`declared, but no such requirement: ${unknown.join(', ')}`);
  if (process.argv.includes('--check')) process.exit(1);
}
