const orientationTag = 0x0112;
const short = 3;
const entryBytes = 12;

/**
 * Which side of a picture is up, 1 (as it is) to 8, by tag 0x0112 of the first directory of a TIFF structure (Exif 2.32, 4.6.4).
 * 1 where it says nothing or nonsense.
 */
export function orientationOf(tiff: Buffer): number {
  const order = tiff.toString('latin1', 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return 1;
  const isLittle = order === 'II*\0';
  const two = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const four = (at: number): number => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  if (tiff.length < 8) return 1;
  const directory = four(4);
  if (directory + 2 > tiff.length) return 1;
  const entries = two(directory);
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * entryBytes;
    if (at + entryBytes > tiff.length) return 1;
    if (two(at) !== orientationTag) continue;
    const value = two(at + 8);
    return two(at + 2) === short && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** A segment of a JPEG that says which side is up, and nothing else. */
export function exifOfOrientation(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 0, 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(orientationTag, 10);
  tiff.writeUInt16BE(short, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  return Buffer.concat([Buffer.from([0xff, 0xe1, 0, 34]), Buffer.from('Exif\0\0', 'latin1'), tiff]);
}
