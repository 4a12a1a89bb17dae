import { type Field, type Operation } from './operations';

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const uuid = '3f1f8f0e-1111-4111-8111-111111111111';
/** Nul, lone surrogates, direction overrides, marks without a letter, numbers, paths, statements, nothing, too much. */
export const nastyTexts: readonly string[] = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    'x\udfffy',
    '\u202Eevil\u202C',
    '\u2066\u2069\u200f',
    '\ufeff',
    '\u0301\u0301',
    '🧑‍🧑‍🧒',
    'ﷺ'.repeat(50),
  ],
  ...[
    '-1',
    '1e309',
    'NaN',
    'null',
    'undefined',
    '[object Object]',
    '__proto__',
    'constructor',
    'toString',
    '{}',
    '[]',
    "'; drop table cases; --",
  ],
  ...[
    '../../../etc/passwd',
    '%00',
    '%ff%fe',
    '${7*7}',
    '<script>alert(1)</script>',
    '=cmd|1',
    '١٢٣',
    '9999-99-99',
    '2026-02-30',
    '2026-01-01T00:00:00Z',
  ],
  ...[
    uuid,
    uuid.toUpperCase(),
    `${uuid}0`,
    '00000000-0000-0000-0000-000000000000',
    'MUS',
    'mus',
    'M'.repeat(65),
    'A'.repeat(5_000),
    'ع'.repeat(70_000),
  ],
];
const nastyDoubles = [Number.NaN, Infinity, -Infinity, -0, 91, -181, 1e308, Number.MIN_VALUE];
const nastyCounts = [0, 1, 199, 201, 2_147_483_647, 4_294_967_295];

export class Garbage {
  constructor(private readonly random: () => number) {}

  text = (): string => this.oneOf(nastyTexts);
  count = (below: number): number => Math.floor(this.random() * below);
  oneOf<T>(choices: readonly T[]): T {
    return choices[this.count(choices.length)] as T;
  }

  /** A request of the right shape with wrong values; `header` and `tenant` are right in half of them, so that garbage gets further. */
  request(fields: readonly Field[], tenant: string, commandId: string): Record<string, unknown> {
    const entries = fields
      .filter(() => this.random() < 0.9)
      .map(
        (field) =>
          [field.name, field.repeated ? this.list(field, tenant) : this.value(field, tenant)] as const,
      );
    const request: Record<string, unknown> = Object.fromEntries(entries);
    if (this.random() < 0.5) return request;
    const names = new Set(fields.map(({ name }) => name));
    if (names.has('header'))
      request['header'] = {
        commandId,
        tenant,
        ...(this.random() < 0.3 ? { occurredAt: this.text(), correlationId: this.text() } : {}),
      };
    if (names.has('tenant')) request['tenant'] = tenant;
    if (names.has('commandId')) request['commandId'] = commandId;
    return request;
  }

  /** Bytes on the wire: cut off, with bits flipped, of another message, of no message. */
  bytes(operation: Operation, tenant: string, commandId: string): Buffer {
    const whole = operation.encode(this.request(operation.fields, tenant, commandId));
    const noise = Buffer.from(Array.from({ length: this.count(64) }, () => this.count(256)));
    const flipped = Buffer.from(whole);
    for (let i = 0; i < 3 && flipped.length > 0; i += 1) {
      const at = this.count(flipped.length);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << this.count(8)), at);
    }
    // A lone surrogate as UTF-8 would spell it, and bytes that are no UTF-8 at all, in field 2.
    const surrogate = Buffer.from([0x12, 3, 0xed, 0xa0, 0x80]);
    const latin = Buffer.from([0x12, 2, 0xc3, 0x28]);
    return this.oneOf([
      whole,
      whole,
      whole.subarray(0, this.count(whole.length)),
      noise,
      flipped,
      surrogate,
      latin,
      Buffer.concat([whole, noise]),
    ]);
  }

  /** JSON of any shape, sometimes no JSON at all. */
  json(depth = 3): unknown {
    const kind = this.count(depth > 0 ? 8 : 5);
    if (kind === 0) return this.text();
    if (kind === 1) return this.oneOf([null, true, false, 0, -1, 1e300, 1.5]);
    if (kind < 5) return this.text();
    if (kind === 5) return Array.from({ length: this.count(4) }, () => this.json(depth - 1));
    return Object.fromEntries(
      Array.from({ length: this.count(5) }, () => [this.oneOf(httpNames), this.json(depth - 1)]),
    );
  }

  private list(field: Field, tenant: string): unknown[] {
    return Array.from({ length: this.oneOf([0, 1, 3, 30]) }, () => this.value(field, tenant));
  }

  private value(field: Field, tenant: string): unknown {
    if (field.fields.length > 0)
      return Object.fromEntries(
        field.fields
          .filter(() => this.random() < 0.7)
          .map((f) => [f.name, f.repeated ? this.list(f, tenant) : this.value(f, tenant)]),
      );
    if (field.type === 'string') return this.random() < 0.1 ? tenant : this.text();
    if (field.type === 'double') return this.oneOf(nastyDoubles);
    if (field.type === 'bool') return this.random() < 0.5;
    if (field.type === 'bytes') return Buffer.alloc(this.oneOf([0, 1, 3_000]), this.count(256));
    return this.oneOf(nastyCounts);
  }
}

const httpNames = [
  'channel',
  'form',
  'caseType',
  'category',
  'details',
  'phone',
  'email',
  'location',
  'latitude',
  'longitude',
  'caseNumber',
  'report',
  '__proto__',
  'constructor',
  'needFlags',
  'preferredChannel',
  'reason',
  'commandId',
  'x\u202ey',
];
