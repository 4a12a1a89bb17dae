// The launcher's system, with issuer and simulators in this process, as `npm start` runs it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { serveOrders } from './child.mjs';

const { startSystem } = createRequire(join(root, 'package.json'))('@balagh/local');
let system;

serveOrders(
  {
    start: async ({ dataDir, kafka, serviceEnvironment }, progress) => {
      system = await startSystem({ dataDir, kafka, serviceEnvironment, firstPort: 0, progress });
      return system.endpoints;
    },
    stop: async () => {
      await system?.stop();
      system = undefined;
    },
  },
  async () => system?.stop(),
);
