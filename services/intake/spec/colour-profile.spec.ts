import sharp from 'sharp';
import { type Colours, coloursOf, iccProfileOf } from '../src/outbound/colour-profile';
import { numbersFrom } from './numbers-from';

const both: readonly (readonly [Colours, string])[] = [
  ['sRGB', 'srgb'],
  ['Display P3', 'p3'],
];

/** As somebody else's library writes it. */
async function writtenBySharp(name: string): Promise<Buffer> {
  const image = sharp({ create: { width: 4, height: 4, channels: 3, background: '#a01040' } });
  const { icc } = await sharp(await image.withIccProfile(name).jpeg().toBuffer()).metadata();
  return icc ?? Buffer.alloc(0);
}

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const times = (m: Matrix, v: Vector): Vector => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
const transposed = ([a, b, c]: Matrix): Matrix => [
  [a[0], b[0], c[0]],
  [a[1], b[1], c[1]],
  [a[2], b[2], c[2]],
];
/** Of a matrix by its columns. */
const inverse = ([a, b, c]: Matrix): Matrix => {
  const [x, y, z] = [cross(b, c), cross(c, a), cross(a, b)];
  const size = dot(a, x);
  return [x, y, z].map((row) => row.map((value) => value / size)) as unknown as Matrix;
};
const xyzOf = ([x, y]: readonly [number, number]): Vector => [x / y, 1, (1 - x - y) / y];

/** X, Y, Z of red, green and blue in the light of D50, from where their chromaticities lie (ICC.1:2022, annexes E and F). */
function primariesFrom(chromaticities: readonly (readonly [number, number])[]): readonly number[] {
  const columns = chromaticities.map(xyzOf) as unknown as Matrix;
  const [d65, d50]: [Vector, Vector] = [xyzOf([0.3127, 0.329]), [0.9642, 1, 0.8249]];
  const bradford: Matrix = [
    [0.8951, 0.2664, -0.1614],
    [-0.7502, 1.7135, 0.0367],
    [0.0389, -0.0685, 1.0296],
  ];
  const amounts = times(inverse(columns), d65);
  const [from, to] = [times(bradford, d65), times(bradford, d50)];
  return columns.flatMap((column, at) => {
    const seen = times(bradford, column.map((value) => value * (amounts[at] ?? 0)) as unknown as Vector);
    const adapted = seen.map((value, n) => (value * (to[n] ?? 0)) / (from[n] ?? 1)) as unknown as Vector;
    return times(inverse(transposed(bradford)), adapted);
  });
}

function tagAt(profile: Buffer, name: string): number {
  return profile.readUInt32BE(profile.indexOf(name, 128) + 4);
}

function primariesIn(profile: Buffer): readonly number[] {
  return ['rXYZ', 'gXYZ', 'bXYZ'].flatMap((name) =>
    [8, 12, 16].map((at) => profile.readInt32BE(tagAt(profile, name) + at) / 65_536),
  );
}

/** The curve as a table of so many values, at the end of the profile. */
function withTable(profile: Buffer, count: number, value: (x: number) => number): Buffer {
  const table = Buffer.alloc(12 + 2 * count);
  table.write('curv', 'latin1');
  table.writeUInt32BE(count, 8);
  for (let n = 0; n < count; n += 1)
    table.writeUInt16BE(Math.round(value(n / (count - 1)) * 65_535), 12 + 2 * n);
  const changed = Buffer.concat([profile, table]);
  changed.writeUInt32BE(changed.length);
  for (const name of ['rTRC', 'gTRC', 'bTRC']) {
    const entry = changed.indexOf(name, 128);
    changed.writeUInt32BE(profile.length, entry + 4);
    changed.writeUInt32BE(table.length, entry + 8);
  }
  return changed;
}

const usual = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);

function withPrimary(profile: Buffer, name: string, change: number): Buffer {
  const changed = Buffer.from(profile);
  const at = tagAt(profile, name) + 8;
  changed.writeInt32BE(profile.readInt32BE(at) + Math.round(change * 65_536), at);
  return changed;
}

describe('the colours that a profile means', () => {
  it.each(both)('are known by its numbers: %s', async (colours, name) => {
    const profile = iccProfileOf(colours);
    const all = [
      profile,
      await writtenBySharp(name),
      withTable(profile, 1_024, usual),
      withPrimary(profile, 'gXYZ', 0.002),
    ];
    expect(all.map((one) => coloursOf(one))).toEqual(all.map(() => colours));
  });

  it.each<[Colours, readonly (readonly [number, number])[]]>([
    [
      'sRGB',
      [
        [0.64, 0.33],
        [0.3, 0.6],
        [0.15, 0.06],
      ],
    ],
    [
      'Display P3',
      [
        [0.68, 0.32],
        [0.265, 0.69],
        [0.15, 0.06],
      ],
    ],
  ])('are those of the standard: %s', (colours, chromaticities) => {
    const due = primariesFrom(chromaticities);
    for (const [at, value] of primariesIn(iccProfileOf(colours)).entries())
      expect(value).toBeCloseTo(due[at] ?? 0, 3);
  });

  it('are unknown where a number says something else, whatever the name says', async () => {
    const profile = iccProfileOf('Display P3');
    const cmyk = await writtenBySharp('cmyk').catch(() => Buffer.alloc(0));
    const withTables = Buffer.from(profile);
    withTables.write('A2B0', profile.indexOf('cprt', 128), 'latin1');
    const others = {
      power: withTable(profile, 1_024, (x) => x ** 2.2),
      straight: withTable(profile, 2, (x) => x),
      red: withPrimary(profile, 'rXYZ', 0.01),
      cmyk,
      withTables,
      none: Buffer.alloc(0),
      longer: Buffer.concat([profile, Buffer.alloc(4)]),
    };
    expect(Object.entries(others).map(([name, other]) => [name, coloursOf(other)])).toEqual(
      Object.keys(others).map((name) => [name, undefined]),
    );
  });

  it('are never guessed of one that is cut, and never the reason for a fault', () => {
    const profile = iccProfileOf('Display P3');
    const random = numbersFrom(20_261_127);
    for (let length = 0; length < profile.length; length += 1)
      expect(coloursOf(profile.subarray(0, length))).toBeUndefined();
    for (let round = 0; round < 5_000; round += 1) {
      const changed = Buffer.from(profile);
      for (let change = 0; change <= round % 4; change += 1) changed[random(changed.length)] = random(256);
      expect(['sRGB', 'Display P3', undefined]).toContain(coloursOf(changed));
    }
  });
});
