import sharp from 'sharp';

/** A photo of a phone: coordinates, device and time in its metadata. */
export function photoWithPlace(): Promise<Buffer> {
  return sharp({ create: { width: 24, height: 16, channels: 3, background: '#2a7f62' } })
    .withExif({
      IFD0: { Make: 'Invented', Model: 'Phone 1', DateTime: '2026:01:04 10:00:00' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '23/1 35/1 17/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '58/1 22/1 59/1',
      },
    })
    .jpeg()
    .toBuffer();
}

export function photo(colour = '#884422'): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

/** The smallest file that is a PDF by its bytes. */
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
