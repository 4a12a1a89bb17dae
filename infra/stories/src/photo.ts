/** The smallest JPEG that decoders accept: one grey pixel (ITU-T T.81 baseline). */
const pixel =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==';

export function photo(): Blob {
  return new Blob([Buffer.from(pixel, 'base64')], { type: 'image/jpeg' });
}

export function photoBytes(): Buffer {
  return Buffer.from(pixel, 'base64');
}
