import { caughtUp } from './catching-up.mjs';
import { withChild } from './child.mjs';
import { hopsOf, machineHops } from './hops.mjs';
import { percentiles } from './percentiles.mjs';
import { steps } from './play-case.mjs';
import { machineCpu, sampleProcesses } from './processes.mjs';
import { withRunningSystem } from './running-system.mjs';
import { forgetStatements, topStatements } from './statements.mjs';
import { verifyPlayed } from './verification.mjs';
import { verifyEverything } from './verify-everything.mjs';

/** A waiting office looks at its list so often; alone, for the machine's hops, much more often. Milliseconds. */
const [lookEveryMs, lookAtRestEveryMs] = [100, 2];

/** Starts the system on a data directory, plays, verifies, stops. */
export async function measure({ dataDir, options, profileDir, say }) {
  return withRunningSystem({ dataDir, kafka: options.kafka, profileDir, say }, (system) =>
    withChild('./driver.child.mjs', import.meta.url, (driver) =>
      measured({ system, driver, dataDir, options, say }),
    ),
  );
}

async function measured({ system, driver, dataDir, options, say }) {
  const { load, warmUp, rest } = options;
  const url = system.endpoints.adminDatabaseUrl;
  const play = (order) =>
    driver.ask({ kind: 'play', lookEveryMs, ...order }, ({ closed, failed }) =>
      say(`    ${closed} closed${failed === 0 ? '' : `, ${failed} failed`}`),
    );
  await driver.ask({ kind: 'open', endpoints: system.endpoints });
  say('  warm-up');
  if (warmUp > 0) refuseFailures(await play({ ...load, seconds: undefined, cases: warmUp }));
  await caughtUp(system.endpoints);
  if (options.sql) await forgetStatements(url);
  await system.toggleProfile();
  say('  measuring');
  const processes = { ...system.processes, driver: driver.pid };
  const steady = await observed(processes, () => steadily(system, play, load));
  const profiles = await system.toggleProfile();
  const counted = steady.result.done;
  const statements = options.sql ? await topStatements(url, counted.length) : undefined;
  say('  at rest');
  const alone =
    rest === 0
      ? []
      : (
          await play({
            cases: rest,
            concurrency: 1,
            photos: load.photos,
            photo: load.photo,
            lookEveryMs: lookAtRestEveryMs,
          })
        ).done;
  await caughtUp(system.endpoints);
  say('  verifying');
  const verified = await verifyPlayed(url, counted);
  if (options.verify) {
    const whole = await verifyEverything(system.endpoints, dataDir);
    verified.problems.push(...whole.problems);
    verified.everything = whole.found;
  }
  return {
    ...describe(steady, counted),
    failures: steady.result.failures,
    hopsUnderLoad: await hopsOf(url, counted),
    hopsAtRest: { ...machineHops(alone), ...(await hopsOf(url, alone)) },
    verified,
    ...(statements === undefined ? {} : { statements }),
    ...(profiles === undefined ? {} : { profiles }),
  };
}

/** From the first case's beginning until every consumer has caught up with the last one. */
async function steadily(system, play, load) {
  const begun = performance.now();
  const { done, failures } = await play(load);
  const closed = performance.now();
  const quiet = await caughtUp(system.endpoints);
  return { done, failures, seconds: (quiet - begun) / 1_000, catchingUpMs: Math.round(quiet - closed) };
}

async function observed(processes, work) {
  const [before, machineBefore] = [sampleProcesses(processes), machineCpu()];
  const result = await work();
  const [after, machineAfter] = [sampleProcesses(processes, { memory: true }), machineCpu()];
  return { result, before, after, machine: machineAfter - machineBefore };
}

function describe({ result, before, after, machine }, counted) {
  const { seconds, catchingUpMs } = result;
  const perCase = (micros) => Math.round(micros / Math.max(1, counted.length));
  const processes =
    after === undefined
      ? {}
      : Object.fromEntries(
          Object.entries(after).map(([name, { cpu, pssMiB }]) => {
            const used = cpu - before[name].cpu;
            return [
              name,
              { cpuSeconds: round(used / 1e6), cpuMicrosPerCase: perCase(used), pssMiB: Math.round(pssMiB) },
            ];
          }),
        );
  const sum = Object.values(processes).reduce((all, { cpuSeconds }) => all + cpuSeconds, 0);
  return {
    casesPerSecond: round(counted.length / seconds),
    cases: counted.length,
    seconds: round(seconds),
    catchingUpMs,
    wholeCaseMs: percentiles(counted.map(({ wholeMs }) => wholeMs)),
    steps: Object.fromEntries(
      steps.map((step) => [step, percentiles(counted.map(({ took }) => took[step]))]),
    ),
    processes,
    cpuSeconds: round(sum),
    cpuMicrosPerCase: perCase(sum * 1e6),
    machineCpuSeconds: round(machine / 1e6),
    /** Of what the machine did, the part of others: percent. */
    othersPercent: Math.max(0, round((1 - (sum * 1e6) / machine) * 100)),
  };
}

function refuseFailures({ failures }) {
  if (failures.length > 0) throw new Error(`cases failed: ${failures.slice(0, 3).join('; ')}`);
}

const round = (n) => Math.round(n * 100) / 100;
