// One writing process, told over IPC: { writers, ms } → { count, latencies }. Usage: fork(worker.mjs, [subject, url, maxWriters])
import { subjects } from './subjects.mjs';

const [name, url, most] = process.argv.slice(2);
const opened = await subjects[name].open(url, Number(most));

async function load({ writers, ms }) {
  const latencies = [];
  const before = process.cpuUsage();
  const end = performance.now() + ms;
  let failed = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      const write = opened.writer();
      while (performance.now() < end) {
        const started = performance.now();
        try {
          await write();
          latencies.push(performance.now() - started);
        } catch (error) {
          failed += 1;
          if (failed > 100) throw error;
        }
      }
    }),
  );
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const { user, system } = process.cpuUsage(before);
  return { count: latencies.length, cpu: user + system, failed, p50: at(0.5), p99: at(0.99) };
}

process.on('message', (order) => {
  if (order === 'end') void opened.close().finally(() => process.exit(0));
  else
    load(order).then(
      (result) => process.send(result),
      (error) => process.send({ error: String(error) }),
    );
});
process.send('ready');
