import { withChild } from './child.mjs';
import { profiling } from './profiling.mjs';

/**
 * The citizens' entrance limits requests by address, and the driver has one address: its limit is raised by its settings. Nothing else
 * differs from `npm start`.
 */
const raisedLimits = { PUBLIC_RATE_PER_SECOND: '100000', PUBLIC_BURST: '100000' };

/** The system in processes of its own, for the length of `work`. */
export async function withRunningSystem({ dataDir, kafka, profileDir, say }, work) {
  const { environment, toggle } = profiling(profileDir);
  const serviceEnvironment = { ...raisedLimits, ...environment };
  const run = async (child) => {
    const endpoints = await child.ask({ kind: 'start', dataDir, kafka, serviceEnvironment }, (line) =>
      say(`    ${line}`),
    );
    const ours = { ...endpoints.pids, companions: child.pid };
    const system = {
      endpoints,
      /** Name → process id; what a process started belongs to it. */
      processes: { ...ours, ...endpoints.servers },
      /** Begins or ends the profile of every process of ours. */
      toggleProfile: () => toggle(ours),
    };
    const result = await work(system);
    await child.ask({ kind: 'stop' });
    return result;
  };
  return withChild('./system.child.mjs', import.meta.url, run, environment);
}
