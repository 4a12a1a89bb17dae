/** For a person. */
export function printEventStore(result) {
  console.log(result.machine);
  console.table(
    result.appends.map(
      ({
        shape,
        name,
        perSecond,
        ratio,
        p50,
        p99,
        failed,
        clientCpuMicroseconds,
        serverCpuMicroseconds,
      }) => ({
        shape,
        name,
        'per second': perSecond,
        'ratio to raw': `${ratio.min} / ${ratio.median} / ${ratio.max}`,
        'client µs': clientCpuMicroseconds,
        'server µs': serverCpuMicroseconds,
        'p50 ms': p50,
        'p99 ms': p99,
        failed,
      }),
    ),
  );
  for (const [name, why] of Object.entries(result.missing))
    console.log(`peer not available: ${name}: ${why}`);
  if (result.reading !== undefined) console.dir(result.reading, { depth: null });
}
