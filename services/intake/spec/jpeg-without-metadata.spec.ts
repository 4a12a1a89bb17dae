import sharp from 'sharp';
import { iccProfileOf } from '../src/outbound/colour-profile';
import { jpegWithoutMetadata } from '../src/outbound/jpeg-without-metadata';
import { photoWithPlace } from './images';
import { numbersFrom } from './numbers-from';

const secret = 'Invented';
const segment = (code: number, ...content: (string | Buffer)[]): Buffer => {
  const payload = Buffer.concat(content.map((part) => Buffer.from(part)));
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
};
/** As it is after the first two bytes. */
const withSegments = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

const p3 = iccProfileOf('Display P3');
/** Its curve is a power, and its green is another one: whatever else it has, it is neither of the two. */
const adobeRgb = Buffer.from(p3).fill(0, p3.indexOf('para') + 12, p3.indexOf('para') + 32);
const profile = (content: Buffer, part = 1, of = 1): Buffer =>
  segment(0xe2, 'ICC_PROFILE\0', Buffer.from([part, of]), content);

/** A picture with parts that can be told from each other, so that one that lies on its side is seen. */
async function picture(options: { width?: number; height?: number } = {}): Promise<sharp.Sharp> {
  const { width = 37, height = 21 } = options;
  const pixels = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, at) => (at * 7 + (at >> 5)) % 256),
  );
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Of one component, not of three that are the same. */
async function greyPicture(): Promise<Buffer> {
  return (await picture()).toColourspace('b-w').jpeg().toBuffer();
}

const jpegs: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['baseline', async () => (await picture()).jpeg().toBuffer()],
  ['progressive', async () => (await picture()).jpeg({ progressive: true }).toBuffer()],
  ['grey', greyPicture],
  [
    'of full colour resolution',
    async () => (await picture()).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  ],
  ['of one pixel', async () => (await picture({ width: 1, height: 1 })).jpeg().toBuffer()],
];
const upright = (jpeg: Buffer): Promise<Buffer> => sharp(jpeg).rotate().raw().toBuffer();

describe('a JPEG without what stands beside its picture', () => {
  it.each(jpegs)('keeps the pixels of one that is %s', async (_, make) => {
    const jpeg = await make();
    const clean = jpegWithoutMetadata(jpeg);
    const { width, height } = await sharp(jpeg).metadata();
    expect([clean?.width, clean?.height]).toEqual([width, height]);
    expect(await upright(clean?.content ?? Buffer.alloc(0))).toEqual(await upright(jpeg));
  });

  it.each(jpegs)('is left with nothing a camera, a program or a person added: %s', async (_, make) => {
    const jpeg = withSegments(
      await make(),
      segment(0xe0, 'JFXX\0', secret),
      segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', `<x:xmpmeta>${secret}</x:xmpmeta>`),
      segment(0xe1, 'Exif\0\0', secret),
      segment(0xe2, 'MPF\0', secret),
      segment(0xed, 'Photoshop 3.0\0', secret),
      segment(0xee, secret),
      segment(0xee, 'Adobe', Buffer.from([0, 100, 0, 0, 0, 0, 1]), secret),
      segment(0xef, secret),
      segment(0xfe, secret),
      Buffer.from([0xff, 0xff]),
    );
    const video = Buffer.concat([jpeg, Buffer.from(`a film after the picture: ${secret}`)]);
    const clean = jpegWithoutMetadata(video);
    expect(clean?.content.includes(secret)).toBe(false);
    expect(await upright(clean?.content ?? Buffer.alloc(0))).toEqual(await upright(jpeg));
    const { exif, xmp, iptc, icc, comments } = await sharp(clean?.content).metadata();
    expect([exif, xmp, iptc, icc, comments]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it.each([
    ['by Adobe', () => segment(0xee, 'Adobe', Buffer.from([0, 100, 0, 0, 0, 0, 0])), (jpeg: Buffer) => jpeg],
    ['by JFIF', () => segment(0xe0, 'JFIF\0', Buffer.from([1, 1, 0, 0, 1, 0, 1, 0, 0])), calledRgb],
  ])('says how its colours are meant where the original did: %s', async (_, tells, made) => {
    const untold = made(await (await picture()).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer());
    const told = withSegments(untold, tells());
    expect(await upright(told)).not.toEqual(await upright(untold));
    const clean = jpegWithoutMetadata(told);
    expect(await upright(clean?.content ?? Buffer.alloc(0))).toEqual(await upright(told));
  });

  it('loses the name of the usual colours, which are meant without it', async () => {
    const jpeg = await (await picture()).withIccProfile('srgb').jpeg().toBuffer();
    expect((await sharp(jpeg).metadata()).icc).toBeDefined();
    const clean = jpegWithoutMetadata(jpeg)?.content;
    expect((await sharp(clean).metadata()).icc).toBeUndefined();
    expect(await upright(clean ?? Buffer.alloc(0))).toEqual(await upright(jpeg));
  });

  it.each(['p3', 'p3 under an invented name'])(
    'keeps the wider colours of newer phones: %s',
    async (which) => {
      const original = await (
        await picture()
      )
        .withMetadata({ orientation: 6 })
        .withIccProfile('p3')
        .jpeg()
        .toBuffer();
      const named = Buffer.from(iccProfileOf('Display P3'));
      named.write(secret, named.indexOf('D\0i\0s'), 'utf16le');
      const jpeg = which === 'p3' ? original : withSegments(original, profile(named));
      const clean = jpegWithoutMetadata(jpeg)?.content ?? Buffer.alloc(0);
      const { icc, orientation } = await sharp(clean).metadata();
      expect([icc, orientation]).toEqual([iccProfileOf('Display P3'), 6]);
      expect(clean.includes(Buffer.from(secret, 'utf16le'))).toBe(false);
      // Shown as sRGB, where a wrong profile would show.
      const [shown, due] = [await upright(clean), await upright(jpeg)];
      expect(shown.every((value, at) => Math.abs(value - (due[at] ?? 0)) <= 1)).toBe(true);
      expect(await upright(withoutProfile(clean))).not.toEqual(shown);
      expect(jpegWithoutMetadata(clean)?.content).toEqual(clean);
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'keeps the side that is up, and nothing else of Exif: %i',
    async (orientation) => {
      const jpeg = await (
        await picture()
      )
        .withMetadata({ orientation })
        .withExifMerge({ IFD0: { Make: secret } })
        .jpeg()
        .toBuffer();
      expect(jpeg.includes(secret)).toBe(true);
      const clean = jpegWithoutMetadata(jpeg)?.content;
      expect(clean?.includes(secret)).toBe(false);
      expect((await sharp(clean).metadata()).orientation ?? 1).toBe(orientation);
      expect(await upright(clean ?? Buffer.alloc(0))).toEqual(await upright(jpeg));
    },
  );

  it('is the same when it is cleaned again', async () => {
    const clean = jpegWithoutMetadata(await photoWithPlace())?.content;
    expect(clean && jpegWithoutMetadata(clean)?.content).toEqual(clean);
  });
});

describe('what a decoder has to judge', () => {
  it.each([
    ['colours of its own', async () => withSegments(await photoWithPlace(), profile(adobeRgb))],
    [
      'two profiles that contradict each other',
      async () => withSegments(await photoWithPlace(), profile(iccProfileOf('sRGB')), profile(p3)),
    ],
    [
      'a profile in parts',
      async () => withSegments(await photoWithPlace(), profile(p3, 1, 2), profile(Buffer.from('rest'), 2, 2)),
    ],
    ['wide colours where there are none', async () => withSegments(await greyPicture(), profile(p3))],
    ['four colours', async () => (await picture()).toColourspace('cmyk').jpeg().toBuffer()],
    ['a picture without pixels', async () => Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
    ['two frames', async () => withSecondFrame(await (await picture()).jpeg().toBuffer())],
    [
      'more passes than any camera writes',
      async () => withScans(await (await picture()).jpeg().toBuffer(), 70),
    ],
    [
      'a table that is too long',
      async () => withSegments(await photoWithPlace(), segment(0xdb, Buffer.alloc(66))),
    ],
    [
      'more segments than anybody writes',
      async () => withSegments(await photoWithPlace(), ...Array<Buffer>(1_000).fill(segment(0xfe))),
    ],
    ['data full of marks', async () => withData(await photoWithPlace(), Buffer.alloc(40_000, 'ff00', 'hex'))],
    [
      'a segment of no length',
      async () => withSegments(await photoWithPlace(), Buffer.from([0xff, 0xe5, 0, 0])),
    ],
    ['arithmetic coding', async () => withFrame(await (await picture()).jpeg().toBuffer(), 0xc9)],
    ['lossless coding', async () => withFrame(await (await picture()).jpeg().toBuffer(), 0xc3)],
    ['another file', async () => Buffer.from('GIF89a')],
  ])('is %s', async (_, make) => {
    expect(jpegWithoutMetadata(await make())).toBeUndefined();
  });

  it.each(jpegs)('is every cut of one that is %s', async (_, make) => {
    const jpeg = await make();
    for (let bytes = 0; bytes < jpeg.length; bytes += 1)
      expect(jpegWithoutMetadata(jpeg.subarray(0, bytes))).toBeUndefined();
  });

  it('ends, whatever comes: bytes changed by chance are refused or give a file of the same kind', async () => {
    const random = numbersFrom(20_261_127);
    let kept = 0;
    const originals = await Promise.all([...jpegs.map(([, make]) => make()), photoWithPlace()]);
    for (let round = 0; round < 6_000; round += 1) {
      const jpeg = Buffer.from(originals[round % originals.length] ?? []);
      for (let change = 0; change <= round % 4; change += 1) jpeg[random(jpeg.length)] = random(256);
      const clean = jpegWithoutMetadata(jpeg);
      if (clean === undefined) continue;
      const again = jpegWithoutMetadata(clean.content)?.content;
      kept += 1;
      expect([again?.equals(clean.content), clean.content.length < jpeg.length + 64]).toEqual([true, true]);
    }
    expect(kept).toBeGreaterThan(1_000);
  });
});

function withoutProfile(jpeg: Buffer): Buffer {
  const at = placeOf(jpeg, 0xe2);
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
}

function placeOf(jpeg: Buffer, code: number): number {
  return jpeg.indexOf(Buffer.from([0xff, code]));
}

/** Its colours bear the names R, G and B: then they are taken for those where nothing says otherwise. */
function calledRgb(jpeg: Buffer): Buffer {
  const named = Buffer.from(jpeg);
  const [frame, scan] = [placeOf(jpeg, 0xc0), placeOf(jpeg, 0xda)];
  for (const [index, name] of [...Buffer.from('RGB')].entries()) {
    named[frame + 10 + 3 * index] = name;
    named[scan + 5 + 2 * index] = name;
  }
  return named;
}

function withFrame(jpeg: Buffer, code: number): Buffer {
  const other = Buffer.from(jpeg);
  other[placeOf(jpeg, 0xc0) + 1] = code;
  return other;
}

function withSecondFrame(jpeg: Buffer): Buffer {
  const at = placeOf(jpeg, 0xc0);
  return withSegments(jpeg, jpeg.subarray(at, at + 2 + jpeg.readUInt16BE(at + 2)));
}

/** Put before the end of its only pass. */
function withData(jpeg: Buffer, data: Buffer): Buffer {
  return Buffer.concat([jpeg.subarray(0, -2), data, jpeg.subarray(-2)]);
}

function withScans(jpeg: Buffer, count: number): Buffer {
  const [from, to] = [placeOf(jpeg, 0xda), jpeg.length - 2];
  const scans = Array<Buffer>(count).fill(jpeg.subarray(from, to));
  return Buffer.concat([jpeg.subarray(0, to), ...scans, jpeg.subarray(to)]);
}
