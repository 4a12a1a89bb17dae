// `npm run faults`: does its own set-up, then injects faults into a system of its own and checks that nothing was lost.
import { join } from 'node:path';
import { prepare, root, run } from './setup.mjs';

await prepare();
process.exit(
  await run(process.execPath, [
    join(root, 'infra/local/dist/faults/faults.main.js'),
    ...process.argv.slice(2),
  ]),
);
