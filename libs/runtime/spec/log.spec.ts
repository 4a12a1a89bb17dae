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
