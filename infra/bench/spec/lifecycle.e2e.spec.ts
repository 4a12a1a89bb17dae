import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

interface Run {
  readonly store: string;
  readonly casesPerSecond: number;
  readonly steps: Readonly<Record<string, { readonly count: number }>>;
  readonly hopsAtRest: Readonly<Record<string, { readonly p50: number; readonly count: number }>>;
  readonly processes: Readonly<Record<string, { readonly cpuSeconds: number }>>;
  readonly failures: readonly string[];
  readonly verified: {
    readonly cases: number;
    readonly eventsPerCase: number;
    readonly messagesPerCase: number;
    readonly problems: readonly string[];
    readonly everything: readonly string[];
  };
}

interface Result {
  readonly verified: boolean;
  readonly seeded: { readonly stored: number; readonly cases: number };
  readonly runs: readonly Run[];
}

const script = join(__dirname, '../bench.mjs');
const figures = [
  ...['--cases', '10', '--concurrency', '4', '--warm-up', '2', '--rest', '3'],
  ...['--stored', '50', '--templates', '4', '--only', 'stored', '--verify', '--json'],
];

describe('the bench of whole lifecycles', () => {
  let result: Result;
  beforeAll(() => {
    const { stdout, stderr } = spawnSync(process.execPath, [script, 'lifecycle', ...figures], {
      encoding: 'utf8',
      timeout: 280_000,
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    result = JSON.parse(stdout) as Result;
  }, 290_000);

  it('multiplies played cases into as many valid ones as are asked for', () => {
    expect(result.seeded).toMatchObject({ stored: 50, cases: 46 });
  });

  it('counts only cases that are closed, with their events, their messages and their read models', () => {
    const [run] = result.runs;
    expect([run?.failures, run?.verified.problems, result.verified]).toEqual([[], [], true]);
    expect(run?.verified.cases).toBe(10);
    expect(run?.verified.eventsPerCase).toBeGreaterThanOrEqual(15);
    expect(run?.verified.messagesPerCase).toBeGreaterThanOrEqual(3);
  });

  it('leaves a store whose chains verify and whose read models equal rebuilt ones, multiplied cases included', () => {
    const [chains, models] = result.runs[0]?.verified.everything ?? [];
    // 50 stored, 2 to warm up, 10 measured, 3 at rest; five messages each.
    expect(chains).toMatch(new RegExp(`^${65 * 6} streams, \\d+ events checked; no fault$`));
    expect(models).toContain('history.case_index 65');
  });

  it('tells each step, each hop at rest and what each process used', () => {
    const [run] = result.runs;
    expect(Object.values(run?.steps ?? {}).map(({ count }) => count)).toEqual(Array(12).fill(10));
    expect(run?.hopsAtRest['sum: registration → agency']).toMatchObject({ count: 3 });
    const names = ['intake', 'routing', 'dispatch', 'notification', 'history', 'backoffice'];
    expect(Object.keys(run?.processes ?? {})).toEqual([...names, 'companions', 'postgres', 'driver']);
    expect(run?.casesPerSecond).toBeGreaterThan(0);
  });
});
