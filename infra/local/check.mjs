// `npm run check`: types, lint, architecture and contracts, without tests.
import { checks, runChecks } from './checks.mjs';
import { prepare } from './setup.mjs';

await prepare({ console: false });
process.exit(await runChecks(checks));
