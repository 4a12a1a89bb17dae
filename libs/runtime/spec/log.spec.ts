import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../src/logging/log';

/** What one line became. */
function written(line: object, bindings?: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const lines: string[] = [];
  const log = createLog({ service: 'test', destination: { write: (text) => void lines.push(text) } });
  (bindings === undefined ? log : log.child(bindings)).info(line);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

describe('a line of the log', () => {
  it('carries its service, level, time and fields', () => {
    expect(written({ event: 'case.registered', caseId: 'c-1', tries: 2 })).toMatchObject({
      service: 'test',
      level: 'info',
      event: 'case.registered',
      caseId: 'c-1',
      tries: 2,
    });
  });

  it('never carries what is personal or secret, at whatever depth, in lists and in bindings (SYS-07)', () => {
    const phone = '+96890000001';
    const line = written(
      {
        event: 'x',
        phone,
        reporter: { phone, id: 'r-1' },
        a: { b: { c: { d: [{ email: phone, kept: 1 }] } } },
        headers: { authorization: `Bearer ${phone}`, accept: 'json' },
      },
      { civilNumber: phone, consumer: 'k' },
    );
    expect(JSON.stringify(line)).not.toContain(phone);
    expect(line).toMatchObject({
      phone: '[redacted]',
      reporter: { phone: '[redacted]', id: 'r-1' },
      a: { b: { c: { d: [{ email: '[redacted]', kept: 1 }] } } },
      headers: { authorization: '[redacted]', accept: 'json' },
      civilNumber: '[redacted]',
      consumer: 'k',
    });
  });

  it('leaves what it was given unchanged', () => {
    const given = { event: 'x', reporter: { phone: '+96890000001' } };
    written(given);
    expect(given.reporter.phone).toBe('+96890000001');
  });

  it('ends where a line holds itself', () => {
    const endless: Record<string, unknown> = { event: 'x', phone: '1' };
    endless['self'] = endless;
    expect(JSON.stringify(written(endless))).not.toContain('"1"');
  });

  it('names an error by type and place, its message only when asked for', () => {
    const line = written({ event: 'call.failed', err: new TypeError('phone +96890000001') });
    expect(JSON.stringify(line)).not.toContain('+96890000001');
    expect(line).toMatchObject({ event: 'call.failed', msg: 'call.failed', err: { type: 'TypeError' } });
  });
});

describe('where lines cannot be written', () => {
  const full = '/dev/full';
  const onLinux = existsSync(full) ? it : it.skip;

  onLinux('the service goes on, and what waits is bounded', () => {
    const script = `
      const { createLog } = require(process.argv[1]);
      const log = createLog({ service: 'test' });
      let lines = 0;
      const more = () => {
        for (let n = 0; n < 1000; n += 1) log.info({ event: 'x', text: 'y'.repeat(1000) });
        lines += 1000;
        if (lines < 40000) return void setImmediate(more);
        process.stderr.write(String(process.memoryUsage().rss));
        process.exit(7);
      };
      more();`;
    const built = join(__dirname, '../dist/logging/log.js');
    const child = spawnSync(process.execPath, ['-e', script, built], {
      stdio: ['ignore', openSync(full, 'w'), 'pipe'],
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(child.status).toBe(7);
    // 40 MB of lines were given, 8 MB may wait.
    expect(Number(child.stderr)).toBeLessThan(200_000_000);
  });
});
