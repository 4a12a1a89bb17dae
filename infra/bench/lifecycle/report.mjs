/** For a person. */
export function printLifecycle(result) {
  console.log(result.machine);
  if (result.seeded !== undefined) console.log(result.seeded);
  for (const run of result.runs) printRun(run);
  for (const [store, rate] of Object.entries(result.casesPerSecond))
    console.log(`${store} store: ${rate} cases/s`);
  if (result.slowerThanEmptyPercent !== undefined)
    console.log(`slower than empty: ${result.slowerThanEmptyPercent} %`);
  if (result.disturbed) console.log('others were at work on this machine: these rates say little');
  console.log(result.verified ? 'everything verified' : 'NOT VERIFIED');
}

function printRun({
  store,
  round,
  casesPerSecond,
  cases,
  seconds,
  catchingUpMs,
  cpuSeconds,
  machineCpuSeconds,
  ...run
}) {
  console.log(
    `\n${store} store, round ${round}: ${casesPerSecond} cases/s (${cases} in ${seconds} s, the last ${catchingUpMs} ms until all had caught up)`,
  );
  console.table({ 'whole case': run.wholeCaseMs, ...run.steps });
  console.table(run.processes);
  console.log(
    `processors: ${run.cpuMicrosPerCase} µs a case, ${cpuSeconds} s of ${machineCpuSeconds} s that the machine was busy`,
  );
  console.log('hops under load, ms');
  console.table(run.hopsUnderLoad);
  console.log('hops at rest, ms');
  console.table(run.hopsAtRest);
  const { problems, ...verified } = run.verified;
  console.log('verified', verified);
  for (const problem of [...run.failures, ...problems]) console.log(`  PROBLEM ${problem}`);
  if (run.statements !== undefined) {
    console.table(run.statements.roles);
    console.table(run.statements.top);
    console.table(run.statements.mostPlanned);
    console.table(run.statements.mostCalled);
  }
  for (const [name, { file, top }] of Object.entries(run.profiles ?? {})) {
    console.log(`${name}: busy ${top.busySeconds} s (${file})`);
    for (const list of [top.places, top.functions, top.under]) console.table(list.slice(0, 12));
  }
}
