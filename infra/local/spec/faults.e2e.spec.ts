import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const drill = join(__dirname, '../dist/faults/faults.main.js');
/** About three minutes on a free machine. */
const eachWithinMs = 900_000;

/** One short round of `npm run faults`; its output is shown when it fails. */
async function shortRound(
  ...extra: readonly string[]
): Promise<{ readonly status: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [drill, '--short', ...extra], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.once('exit', (status) => resolve({ status, said })));
}

function whyNoKafka(): string | undefined {
  if (process.env['KAFKA_BROKERS'] !== undefined)
    return 'KAFKA_BROKERS names a broker that the drill must not kill';
  const missing = ['java', 'mvn'].filter(
    (tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).error !== undefined,
  );
  if (missing.length === 0) return undefined;
  if (process.env['CI'] === 'true')
    throw new Error(`the Kafka drill must run in continuous integration: ${missing.join(', ')} not found`);
  return `${missing.join(' and ')} not found`;
}

describe('faults on purpose', () => {
  it(
    'nothing is lost, doubled or left standing on the store feed',
    async () => {
      const { status, said } = await shortRound();
      if (status !== 0) throw new Error(said);
      expect(said).toContain('all faults were survived');
    },
    eachWithinMs,
  );

  const why = whyNoKafka();
  if (why !== undefined) it(`over Kafka: not run: ${why}`, () => console.warn(`Kafka drill not run: ${why}`));
  else {
    it(
      'nothing is lost, doubled or left standing over Apache Kafka',
      async () => {
        const { status, said } = await shortRound('--kafka');
        if (status !== 0) throw new Error(said);
        expect(said).toContain('all faults were survived');
      },
      eachWithinMs,
    );
  }
});
