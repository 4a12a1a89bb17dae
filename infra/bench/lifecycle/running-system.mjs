import { startChild } from './child.mjs';
import { profiling } from './profiling.mjs';

/**
 * The citizens' entrance limits requests by address, and the driver has one address: its limit is raised by its settings. Nothing else
 * differs from `npm start`.
 */
const raisedLimits = { PUBLIC_RATE_PER_SECOND: '100000', PUBLIC_BURST: '100000' };

/** Starts the system in processes of its own. */
export async function startRunningSystem({ dataDir, kafka, profileDir, say }) {
  const profile = profiling(profileDir);
  const child = startChild('./system.child.mjs', import.meta.url, { env: profile.environment });
  let endpoints;
  try {
    endpoints = await child.ask(
      { kind: 'start', dataDir, kafka, serviceEnvironment: { ...raisedLimits, ...profile.environment } },
      (line) => say(`    ${line}`),
    );
  } catch (error) {
    await child.end();
    throw error;
  }
  const ours = { ...endpoints.pids, companions: child.pid };
  return {
    endpoints,
    /** Name → process ids whose use belongs to it. */
    processes: {
      ...ours,
      ...Object.fromEntries(Object.entries(endpoints.servers).map(([name, pid]) => [name, pid])),
    },
    /** Begins or ends the profile of every process of ours. */
    toggleProfile: () => profile.toggle(ours),
    async stop() {
      try {
        await child.ask({ kind: 'stop' });
      } finally {
        await child.end();
      }
    },
  };
}
