import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@balagh/testing';
import { Supervisor } from '../src/supervisor';

const folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A service that says something on both outputs, is ready, and stays. */
const main = join(folder, 'service.mjs');
writeFileSync(
  main,
  `console.log('said by ' + process.pid);
   console.error('complained by ' + process.pid);
   process.on('SIGTERM', () => { console.log('last word of ' + process.pid); process.exit(0); });
   process.send({ ready: true, service: 'talker' });
   setInterval(() => undefined, 1_000);`,
);

describe('a supervised service', () => {
  it('writes its own log, on through its restarts, and up to its last word', async () => {
    const supervisor = new Supervisor(folder, () => undefined);
    const log = (): string => readFileSync(join(folder, 'talker.log'), 'utf8');
    writeFileSync(join(folder, 'talker.log'), 'of an earlier start\n');
    await supervisor.start([{ name: 'talker', main, env: {} }], () => undefined);
    const first = supervisor.pids().get('talker') ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually(() => ![undefined, first].includes(supervisor.pids().get('talker')));
    const second = supervisor.pids().get('talker') ?? 0;
    await eventually(() => log().includes(`complained by ${second}`));
    await supervisor.stop();
    const lines = log().trim().split('\n');
    expect(lines.slice(0, 2).sort()).toEqual([`complained by ${first}`, `said by ${first}`]);
    expect(lines.slice(2, 4).sort()).toEqual([`complained by ${second}`, `said by ${second}`]);
    expect(lines.slice(4)).toEqual([`last word of ${second}`]);
  });
});
