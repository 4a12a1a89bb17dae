/** What photos are written in: colours of three primaries and one curve. */
export type Colours = 'sRGB' | 'Display P3';

const headerBytes = 128;
const tagBytes = 12;
/** Profiles of cameras and phones have a dozen. */
const mostTags = 64;

/**
 * X, Y and Z of red, green and blue as profiles say them, seen in the light of D50: from the primaries of IEC 61966-2-1, and of SMPTE EG 432-1
 * with the white of D65, by the Bradford transform (ICC.1:2022, E.3).
 */
const primaries: Readonly<Record<Colours, readonly number[]>> = {
  sRGB: [0.43607, 0.22249, 0.01392, 0.38515, 0.71687, 0.09708, 0.14307, 0.06061, 0.7141],
  'Display P3': [0.51512, 0.2412, -0.00105, 0.29198, 0.69225, 0.04189, 0.1571, 0.06657, 0.78407],
};
/** Programs round and adapt differently. Other spaces differ by much more. */
const primariesTolerance = 0.003;

/** The curve of both: `c·x` below d, `(a·x + b)^g` above (IEC 61966-2-1; function 3 of ICC.1:2022, table 68). */
const curve = { g: 2.4, a: 1 / 1.055, b: 0.055 / 1.055, c: 1 / 12.92, d: 0.04045 };
/** Half a step of eight bits; a plain power of 2.2 is further away. */
const curveTolerance = 1 / 512;
const samples = Array.from({ length: 33 }, (_, n) => n / 32);

/**
 * Which colours an ICC profile means, by its numbers, whatever it calls itself.
 * @returns undefined for every other profile, for one that has tables besides, and for what is no profile
 */
export function coloursOf(profile: Buffer): Colours | undefined {
  const tags = tagsOf(profile);
  if (tags === undefined || [...tags.keys()].some((name) => /^[AD]2B/.test(name))) return undefined;
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((name) => curveIn(tags.get(name)));
  if (!curves.every(isTheCurve)) return undefined;
  const found = ['rXYZ', 'gXYZ', 'bXYZ'].flatMap((name) => xyzIn(tags.get(name)));
  return (Object.keys(primaries) as Colours[]).find(
    (colours) =>
      found.length === 9 &&
      primaries[colours].every((value, at) => Math.abs(value - (found[at] ?? 0)) <= primariesTolerance),
  );
}

/** A profile of these colours that says nothing else (ICC.1:2022). The same bytes each time. */
export function iccProfileOf(colours: Colours): Buffer {
  const red = primaries[colours].slice(0, 3);
  const [green, blue] = [primaries[colours].slice(3, 6), primaries[colours].slice(6)];
  const trc = tag('para', Buffer.from([0, 3, 0, 0]), fixed(curve.g, curve.a, curve.b, curve.c, curve.d));
  const tags: readonly (readonly [string, Buffer])[] = [
    ['desc', words(colours)],
    ['cprt', words('None')],
    ['wtpt', xyz(d50)],
    ['chad', tag('sf32', fixed(...d65ToD50))],
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ['rTRC', trc],
    ['gTRC', trc],
    ['bTRC', trc],
  ];
  return withHeader(tags);
}

const d50 = [0.9642, 1, 0.82491];
const d65ToD50 = [1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168];

function withHeader(tags: readonly (readonly [string, Buffer])[]): Buffer {
  const table = Buffer.alloc(4 + tagBytes * tags.length);
  table.writeUInt32BE(tags.length);
  const [written, bodies] = [new Map<Buffer, number>(), [] as Buffer[]];
  let end = headerBytes + table.length;
  for (const [index, [name, body]] of tags.entries()) {
    const at = written.get(body) ?? end;
    if (at === end) {
      written.set(body, at);
      bodies.push(body);
      end += body.length;
    }
    table.write(name, 4 + tagBytes * index, 'latin1');
    table.writeUInt32BE(at, 8 + tagBytes * index);
    table.writeUInt32BE(body.length, 12 + tagBytes * index);
  }
  return Buffer.concat([header(end), table, ...bodies]);
}

/** Of a screen, version 4.3, made at no particular time by nobody in particular (ICC.1:2022, 7.2). */
function header(size: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32BE(size, 0);
  bytes.writeUInt32BE(0x04_30_00_00, 8);
  bytes.write('mntrRGB XYZ ', 12, 'latin1');
  for (const [at, value] of [2026, 1, 1].entries()) bytes.writeUInt16BE(value, 24 + 2 * at);
  bytes.write('acsp', 36, 'latin1');
  fixed(...d50).copy(bytes, 68);
  return bytes;
}

/** Lies on a boundary of four bytes, as all of them do. */
function tag(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), ...content]);
  return Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
}

const xyz = (values: readonly number[]): Buffer => tag('XYZ ', fixed(...values));

/** One text, in English of the United States. */
function words(text: string): Buffer {
  const utf16 = Buffer.from(text, 'utf16le').swap16();
  const head = Buffer.alloc(20);
  for (const [at, value] of [1, 12, 0, utf16.length, 28].entries()) head.writeUInt32BE(value, 4 * at);
  head.write('enUS', 8, 'latin1');
  return tag('mluc', head, utf16);
}

function fixed(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65_536), 4 * at);
  return bytes;
}

/** By their names. Undefined: no profile of a screen, or one that is cut off. */
function tagsOf(profile: Buffer): ReadonlyMap<string, Buffer> | undefined {
  if (profile.length < headerBytes + 4 || profile.readUInt32BE(0) !== profile.length) return undefined;
  if (profile.toString('latin1', 12, 24) !== 'mntrRGB XYZ ') return undefined;
  const count = profile.readUInt32BE(headerBytes);
  if (count > mostTags || headerBytes + 4 + tagBytes * count > profile.length) return undefined;
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const at = headerBytes + 4 + tagBytes * index;
      const from = profile.readUInt32BE(at + 4);
      const name = profile.toString('latin1', at, at + 4);
      return [name, profile.subarray(from, from + profile.readUInt32BE(at + 8))] as const;
    }),
  );
}

function typeOf(tag: Buffer | undefined): string {
  return tag?.toString('latin1', 0, 4) ?? '';
}

function xyzIn(tag: Buffer | undefined): readonly number[] {
  return tag === undefined || typeOf(tag) !== 'XYZ ' ? [] : numbersIn(tag, 8, 3);
}

/** Fixed-point numbers; as many as there are. */
function numbersIn(tag: Buffer, from: number, most: number): readonly number[] {
  const count = Math.min(most, Math.max(0, Math.floor((tag.length - from) / 4)));
  return Array.from({ length: count }, (_, n) => tag.readInt32BE(from + 4 * n) / 65_536);
}

type Curve = (x: number) => number;

/** A formula of this form, or a table. */
function curveIn(tag: Buffer | undefined): Curve | undefined {
  if (tag === undefined || tag.length < 12) return undefined;
  if (typeOf(tag) === 'curv') return tableIn(tag);
  if (typeOf(tag) !== 'para' || tag.readUInt16BE(8) !== 3) return undefined;
  const [g, a, b, c, d] = numbersIn(tag, 12, 5);
  return d === undefined ? undefined : formula({ g: g ?? 0, a: a ?? 0, b: b ?? 0, c: c ?? 0, d });
}

function formula({ g, a, b, c, d }: typeof curve): Curve {
  return (x) => (x >= d ? (a * x + b) ** g : c * x);
}

/** Values at equal distances from 0 to 1, straight lines between. One value is a power, none is nothing. */
function tableIn(tag: Buffer): Curve | undefined {
  const count = tag.readUInt32BE(8);
  if (count < 2 || 12 + 2 * count > tag.length) return undefined;
  const value = (n: number): number => tag.readUInt16BE(12 + 2 * Math.min(n, count - 1)) / 65_535;
  return (x) => {
    const place = x * (count - 1);
    const below = Math.floor(place);
    return value(below) + (value(below + 1) - value(below)) * (place - below);
  };
}

function isTheCurve(found: Curve | undefined): boolean {
  const due = formula(curve);
  return found !== undefined && samples.every((x) => Math.abs(found(x) - due(x)) <= curveTolerance);
}
