// `npm start`: does its own set-up, then runs the launcher. `npm start -- --help` lists what it can do.
import { join } from 'node:path';
import { prepare, root, run } from './setup.mjs';

await prepare();
process.exit(await run(process.execPath, [join(root, 'infra/local/dist/main.js'), ...process.argv.slice(2)]));
