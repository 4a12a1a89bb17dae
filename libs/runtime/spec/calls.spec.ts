import { Writable } from 'node:stream';
import {
  RateExceeded,
  TokenBuckets,
  clientOf,
  childTraceparent,
  createLog,
  manualClock,
  principalOfClaims,
  resolveProto,
  protoFileOf,
} from '../src';
import { existsSync } from 'node:fs';

describe('a trace', () => {
  it('goes on under a span of its own', () => {
    expect(childTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00')).toMatch(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-00$/,
    );
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ])('begins anew after %j', (parent) => {
    const fresh = childTraceparent(parent);
    expect(fresh).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(fresh).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('one client', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, 'unknown'],
  ])('%s is counted as %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });
});

describe('the limit of open routes', () => {
  const start = '2026-01-04T06:00:00.000Z';
  const takes = (buckets: TokenBuckets, client: string, times: number): string =>
    Array.from({ length: times }, () => {
      try {
        buckets.take(client);
        return '+';
      } catch (error) {
        return error instanceof RateExceeded ? String(error.retryAfterSeconds) : '?';
      }
    }).join('');

  it('allows a burst, then the rate, each address for itself', () => {
    const clock = manualClock(start);
    const buckets = new TokenBuckets({ perSecond: 0.5, burst: 2 }, clock);
    expect(takes(buckets, 'a', 3)).toBe('++2');
    expect(takes(buckets, 'b', 1)).toBe('+');
    clock.advance(2_000);
    expect(takes(buckets, 'a', 2)).toBe('+2');
  });

  it('does not save up more than the burst', () => {
    const clock = manualClock(start);
    const buckets = new TokenBuckets({ perSecond: 10, burst: 2 }, clock);
    clock.advance(3_600_000);
    expect(takes(buckets, 'a', 3)).toBe('++1');
  });

  it('remembers a bounded number of addresses and forgets the longest unseen', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1, maxClients: 2 }, manualClock(start));
    takes(buckets, 'a', 1);
    takes(buckets, 'b', 1);
    takes(buckets, 'a', 1);
    takes(buckets, 'c', 1);
    expect(buckets.size).toBe(2);
    expect(takes(buckets, 'a', 1)).toBe('1');
    expect(takes(buckets, 'b', 1)).toBe('+');
  });
});

describe('log lines', () => {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const written = (options: { errorMessages?: boolean }, line: object): Record<string, unknown> => {
    createLog({ service: 'intake', destination, ...options }).info(line);
    return JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  };

  it('name service, event and time, and no process details', () => {
    const line = written({}, { event: 'case.registered', caseId: 'x' });
    expect(Object.keys(line).sort()).toEqual(['caseId', 'event', 'level', 'service', 'time']);
    expect(line).toMatchObject({ level: 'info', service: 'intake', event: 'case.registered' });
  });

  it('carry no secret and no personal field, wherever somebody put it', () => {
    const line = written(
      {},
      {
        event: 'x',
        phone: '+968 9000 0001',
        headers: { authorization: 'Bearer t' },
        a: { form: { phone: '+968 9000 0001' } },
      },
    );
    expect(JSON.stringify(line)).not.toMatch(/9000|Bearer t/);
  });

  it('tell of an error its type, code and place; its message only where all data is invented', () => {
    const err = Object.assign(new TypeError('row holds +968 9000 0001'), {
      code: '23505',
      cause: new Error('+968 9000 0001'),
    });
    const quiet = written({}, { event: 'x', err });
    expect(quiet['err']).toMatchObject({ type: 'TypeError', code: '23505', cause: { type: 'Error' } });
    expect(JSON.stringify(quiet)).not.toContain('9000');
    expect(written({ errorMessages: true }, { event: 'x', err })['err']).toMatchObject({
      message: 'row holds +968 9000 0001',
    });
  });
});

describe('the claims of a token', () => {
  const claims = {
    sub: 'haya-water',
    kind: 'partner',
    organisation: 'HAYA_WATER',
    tenants: ['MUS'],
    roles: ['PARTNER'],
    agency: 'HAYA_WATER',
  };
  it('make a principal', () => {
    expect(principalOfClaims(claims)).toEqual({
      subject: 'haya-water',
      kind: 'partner',
      organisation: 'HAYA_WATER',
      tenants: ['MUS'],
      roles: ['PARTNER'],
      agency: 'HAYA_WATER',
    });
  });
  it.each(['sub', 'kind', 'organisation', 'tenants', 'roles', 'agency'])('are refused without %s', (name) => {
    expect(() => principalOfClaims({ ...claims, [name]: undefined })).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    );
  });
  it('cannot make anybody a reporter or the system', () => {
    expect(() => principalOfClaims({ ...claims, kind: 'system' })).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    );
  });
});

describe('contracts', () => {
  it('are found by package and by path', () => {
    expect(existsSync(protoFileOf('balagh.intake.v1'))).toBe(true);
    expect(resolveProto('proto/balagh/intake/v1/intake.proto')).toBe(protoFileOf('balagh.intake.v1'));
    expect(resolveProto('balagh/intake/v1/intake.proto')).toBe(protoFileOf('balagh.intake.v1'));
  });
});
