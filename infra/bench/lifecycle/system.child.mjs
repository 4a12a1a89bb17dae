// The launcher's system, with issuer and simulators in this process, as `npm start` runs it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { serveOrders } from './child.mjs';

const { startSystem } = createRequire(join(root, 'package.json'))('@balagh/local');
let starting;

/** What is still starting must come up before it can be stopped. */
async function stop() {
  const system = await starting?.catch(() => undefined);
  starting = undefined;
  await system?.stop();
}

serveOrders(
  {
    start: async ({ dataDir, kafka, serviceEnvironment }, progress) => {
      starting = startSystem({ dataDir, kafka, serviceEnvironment, firstPort: 0, progress });
      return (await starting).endpoints;
    },
    stop,
  },
  stop,
);
