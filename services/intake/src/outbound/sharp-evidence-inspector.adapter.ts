import sharp, { type Sharp } from 'sharp';
import { type CleanJpeg, jpegWithoutMetadata } from './jpeg-without-metadata';
import { type EvidenceInspector, type Inspected } from '../application/evidence-inspector.port';

/** Pixels that an image may have: bounds the memory that decoding a small, hostile file can take. */
const maxPixels = 60_000_000;
const decodeSeconds = 15;

interface Known {
  readonly mediaType: string;
  readonly matches: (head: Buffer) => boolean;
  /** Takes away what stands beside the picture without touching it; undefined for what has to be decoded. */
  readonly strip?: (content: Buffer) => CleanJpeg | undefined;
  /** Other images are written anew in their own format. */
  readonly encode?: (image: Sharp) => Sharp;
}

const startsWith =
  (...bytes: readonly number[]) =>
  (head: Buffer): boolean =>
    bytes.every((byte, index) => head[index] === byte);

/** Only these reach a decoder: what a library could guess beyond them would be parsed before it is refused. */
const known: readonly Known[] = [
  {
    mediaType: 'image/jpeg',
    matches: startsWith(0xff, 0xd8, 0xff),
    strip: jpegWithoutMetadata,
    encode: (image) => image.jpeg({ quality: 90 }),
  },
  {
    mediaType: 'image/png',
    matches: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    encode: (image) => image.png(),
  },
  {
    mediaType: 'image/webp',
    matches: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
    encode: (image) => image.webp({ quality: 90 }),
  },
  { mediaType: 'application/pdf', matches: (head) => head.toString('latin1', 0, 5) === '%PDF-' },
];

/**
 * Looks at the bytes, not at the name. An ordinary JPEG loses what stands beside its picture (ADR 0028); other images are written
 * anew by sharp, which drops EXIF, XMP and IPTC.
 */
export class SharpEvidenceInspector implements EvidenceInspector {
  async inspect(content: Uint8Array): Promise<Inspected> {
    const head = Buffer.from(content.subarray(0, 16));
    const type = known.find(({ matches }) => matches(head));
    if (type === undefined) return { kind: 'unknown' };
    const { mediaType, strip, encode } = type;
    if (encode === undefined) return { kind: 'clean', mediaType, content };
    const stripped = strip?.(bufferOf(content));
    if (stripped !== undefined && stripped.width * stripped.height <= maxPixels)
      return { kind: 'clean', mediaType, content: stripped.content };
    try {
      const image = sharp(content, { limitInputPixels: maxPixels, failOn: 'error' }).timeout({
        seconds: decodeSeconds,
      });
      // The orientation is metadata too: it is applied to the pixels before it is lost.
      return { kind: 'clean', mediaType, content: await encode(image.rotate()).toBuffer() };
    } catch {
      return { kind: 'unreadable', mediaType };
    }
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
