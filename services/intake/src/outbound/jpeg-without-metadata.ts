import { type Colours, coloursOf, iccProfileOf } from './colour-profile';
import { exifOfOrientation, orientationOf } from './exif-orientation';

export interface CleanJpeg {
  readonly width: number;
  readonly height: number;
  readonly content: Buffer;
}

/** Markers by their second byte (ITU-T T.81, table B.1). */
const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const quantisation = 0xdb;
const huffman = 0xc4;
const restartInterval = 0xdd;
/** Baseline, extended and progressive with Huffman codes: what cameras write and browsers show. */
const frames: readonly number[] = [0xc0, 0xc1, 0xc2];
const [app0, app1, app2, app14, app15, comment] = [0xe0, 0xe1, 0xe2, 0xee, 0xef, 0xfe];

/** Photos with much beside them have some hundreds. */
const mostSegments = 1_000;
/** Compressed pixels have one 0xff in 256 bytes. What has many more is looked through by a decoder, beside the process's other work. */
const bytesOfEachMark = 16;
/** A progressive photo has about ten; each costs whoever shows it a pass over all pixels. */
const mostScans = 64;

/** The least that JFIF asks for: version 1.1, square pixels, no thumbnail (JFIF 1.02, page 5). It says how colours are meant. */
const jfif = Buffer.from([0xff, app0, 0, 16, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);

/** Says which transform its colours went through, in the last byte; version 100 and flags precede it. */
const adobe = Buffer.from([0xff, app14, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0]);
const adobeTransformAt = 11;

/** Number of the part and of all parts follow; profiles of photos fit into one (ICC.1:2022, B.4). */
const iccMark = Buffer.from('ICC_PROFILE\0');
const onlyPart = Buffer.concat([iccMark, Buffer.from([1, 1])]);
const displayP3 = segmentOf(app2, onlyPart, iccProfileOf('Display P3'));

/**
 * The same picture, its compressed pixels byte for byte, with nothing beside it: frame, scans, their tables, how colours are meant
 * and which side is up are taken over; place, device, time, thumbnails, comments and what follows the picture are not. Pixels are
 * not decoded.
 * @returns undefined for what is damaged or out of the ordinary, which a decoder has to judge: cut off, arithmetic or lossless
 *   coding, four colours, a colour profile that is neither sRGB nor Display P3
 */
export function jpegWithoutMetadata(jpeg: Buffer): CleanJpeg | undefined {
  const picture = new Picture();
  let at = jpeg[0] === 0xff && jpeg[1] === startOfImage ? 2 : jpeg.length;
  for (let segments = 0; segments < mostSegments; segments += 1) {
    const segment = segmentAt(jpeg, at);
    if (segment === undefined) return undefined;
    if (segment.code === endOfImage) return picture.whole();
    at = segment.code === startOfScan ? endOfScan(jpeg, segment.end) : segment.end;
    if (!picture.take(segment, jpeg.subarray(segment.end, at))) return undefined;
  }
  return undefined;
}

/** What is taken over of a JPEG. */
class Picture {
  private readonly kept: Buffer[] = [];
  private frame: Frame | undefined;
  private scans = 0;
  private orientation = 1;
  private isJfif = false;
  private colours: Colours | undefined;

  /** False: the picture is out of the ordinary. */
  take(segment: Segment, scanned: Buffer): boolean {
    const { code, payload } = segment;
    if (code === app0) this.isJfif ||= begins(payload, 'JFIF\0');
    else if (code === app1) this.orient(payload);
    else if (code === app2) return this.takeProfile(payload);
    else if (code === app14) return this.takeTransform(payload);
    else if (code === startOfScan) return this.takeScan(segment, scanned);
    else if (frames.includes(code)) return this.takeFrame(segment);
    else if (code === quantisation) return this.keepIf(areTables(payload, quantisationBytes), segment);
    else if (code === huffman) return this.keepIf(areTables(payload, huffmanBytes), segment);
    else if (code === restartInterval) return this.keepIf(payload.length === 2, segment);
    else return (code >= app0 && code <= app15) || code === comment;
    return true;
  }

  /** Undefined when nothing can be seen. */
  whole(): CleanJpeg | undefined {
    if (this.frame === undefined || this.scans === 0) return undefined;
    // Colours are meant as sRGB where nothing is said (HTML; CSS Color 4, 9.1).
    const isWide = this.colours === 'Display P3';
    if (isWide && this.frame.components !== 3) return undefined;
    const content = Buffer.concat([
      Buffer.from([0xff, startOfImage]),
      ...(this.isJfif ? [jfif] : []),
      ...(this.orientation === 1 ? [] : [exifOfOrientation(this.orientation)]),
      ...(isWide ? [displayP3] : []),
      ...this.kept,
      Buffer.from([0xff, endOfImage]),
    ]);
    return { width: this.frame.width, height: this.frame.height, content };
  }

  private orient(payload: Buffer): void {
    if (this.orientation === 1 && begins(payload, 'Exif\0\0'))
      this.orientation = orientationOf(payload.subarray(6));
  }

  /** Colours are known by a profile's numbers; two that contradict each other are not. */
  private takeProfile(payload: Buffer): boolean {
    if (!begins(payload, iccMark)) return true;
    const isWhole = begins(payload, onlyPart);
    const colours = isWhole ? coloursOf(payload.subarray(onlyPart.length)) : undefined;
    const isKnown = colours !== undefined && colours === (this.colours ?? colours);
    this.colours = colours;
    return isKnown;
  }

  /** None, or one of the two that are known. Other segments of this code are not Adobe's. */
  private takeTransform(payload: Buffer): boolean {
    const transform = payload[adobeTransformAt];
    if (!begins(payload, 'Adobe') || transform === undefined) return true;
    this.kept.push(Buffer.concat([adobe, Buffer.from([transform])]));
    return transform <= 2;
  }

  private takeFrame(segment: Segment): boolean {
    const isFirst = this.frame === undefined;
    this.frame = frameOf(segment.payload);
    return this.keepIf(isFirst && this.frame !== undefined, segment);
  }

  private takeScan(segment: Segment, scanned: Buffer): boolean {
    const components = segment.payload[0] ?? 0;
    const isOrdinary = components <= 3 && segment.payload.length === 4 + 2 * components;
    this.scans += 1;
    if (!this.keepIf(isOrdinary && this.frame !== undefined && this.scans <= mostScans, segment))
      return false;
    this.kept.push(scanned);
    return true;
  }

  private keepIf(condition: boolean, { whole }: Segment): boolean {
    if (condition) this.kept.push(whole);
    return condition;
  }
}

interface Segment {
  readonly code: number;
  /** Marker, length and payload. */
  readonly whole: Buffer;
  readonly payload: Buffer;
  readonly end: number;
}

/** Undefined: there is no marker, or the file ends within its segment. */
function segmentAt(jpeg: Buffer, from: number): Segment | undefined {
  let at = from;
  if (jpeg[at] !== 0xff) return undefined;
  // Any number of fill bytes may precede a marker.
  while (jpeg[at + 1] === 0xff) at += 1;
  const code = jpeg[at + 1];
  if (code === undefined) return undefined;
  const nothing = jpeg.subarray(at, at);
  if (code === endOfImage) return { code, whole: nothing, payload: nothing, end: at + 2 };
  const length = at + 4 > jpeg.length ? 0 : jpeg.readUInt16BE(at + 2);
  const end = at + 2 + length;
  if (length < 2 || end > jpeg.length) return undefined;
  return { code, whole: jpeg.subarray(at, end), payload: jpeg.subarray(at + 4, end), end };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Precision, height, width, number of components, three bytes for each. Grey or three colours of eight bits are ordinary. */
function frameOf(payload: Buffer): Frame | undefined {
  if (payload.length < 6) return undefined;
  const components = payload.readUInt8(5);
  const [height, width] = [payload.readUInt16BE(1), payload.readUInt16BE(3)];
  const isOrdinary = payload.readUInt8(0) === 8 && (components === 1 || components === 3);
  return isOrdinary && payload.length === 6 + 3 * components && width > 0 && height > 0
    ? { width, height, components }
    : undefined;
}

/**
 * Where the marker lies that ends compressed data: zero after 0xff belongs to the data, and restarts do. The end of the file where
 * there is none, or none was found among so many.
 */
function endOfScan(jpeg: Buffer, from: number): number {
  let at = jpeg.indexOf(0xff, from);
  for (let marks = jpeg.length / bytesOfEachMark; at !== -1 && marks > 0; marks -= 1) {
    const next = jpeg[at + 1];
    const isData = next === 0 || (next !== undefined && next >= 0xd0 && next <= 0xd7);
    if (!isData && next !== 0xff) return at;
    at = jpeg.indexOf(0xff, isData ? at + 2 : at + 1);
  }
  return jpeg.length;
}

/** Nothing but tables: their lengths add up to the payload's. */
function areTables(payload: Buffer, bytesOf: (rest: Buffer) => number): boolean {
  let at = 0;
  while (at < payload.length) at += bytesOf(payload.subarray(at));
  return at === payload.length;
}

/** 64 values of one byte or two (T.81, B.2.4.1). */
function quantisationBytes(rest: Buffer): number {
  return (rest[0] ?? 0) >> 4 === 0 ? 65 : 129;
}

/** How many codes there are of each of 16 lengths, then a value for each (T.81, B.2.4.2). */
function huffmanBytes(rest: Buffer): number {
  return rest.subarray(1, 17).reduce((sum, count) => sum + count, 17);
}

function segmentOf(code: number, ...content: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(content);
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

function begins(payload: Buffer, mark: string | Buffer): boolean {
  return payload.subarray(0, mark.length).equals(Buffer.from(mark));
}
