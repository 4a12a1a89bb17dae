import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  PayloadTooLargeException,
} from '@nestjs/common';
import { FileFieldsInterceptor } from '@nestjs/platform-express';
import { type EvidenceFile, type EvidenceKind } from '../../application/add-attachment.handler';
import { announcedBytes, isMultipart } from './upload-request';

/** Bytes of one file on its way in; the profile's own limit is judged afterwards. */
const maxFileBytes = 12 * 1024 * 1024;
/** Bytes of a whole request. */
const maxRequestBytes = 40 * 1024 * 1024;

/** Files of a multipart request by part name. */
export type UploadedParts = Readonly<Partial<Record<PartName, readonly { readonly buffer: Uint8Array }[]>>>;
type PartName = keyof typeof kindOfPart;

const kindOfPart = {
  photos: 'PHOTO',
  invoice: 'INVOICE',
  documents: 'DOCUMENT',
  clips: 'CLIP',
} as const satisfies Record<string, EvidenceKind>;

/** Takes `photos`, `invoice`, `documents` and `clips`; other file parts are refused. */
export const uploadInterceptor = FileFieldsInterceptor(
  Object.keys(kindOfPart).map((name) => ({ name, maxCount: 10 })),
  {
    limits: {
      fileSize: maxFileBytes,
      files: 12,
      fields: 4,
      fieldSize: 256 * 1024,
      fieldNameSize: 100,
      parts: 16,
      headerPairs: 50,
    },
  },
);

export function evidenceOf(parts: UploadedParts | undefined): readonly EvidenceFile[] {
  return Object.entries(parts ?? {}).flatMap(([name, files]) =>
    (files ?? []).map(({ buffer }) => ({ kind: kindOfPart[name as PartName], content: buffer })),
  );
}

/** Refuses by the announced length before a byte of the body is read. */
@Injectable()
export class UploadSizeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (!isMultipart(context)) return true;
    if (!(announcedBytes(context) <= maxRequestBytes)) throw new PayloadTooLargeException();
    return true;
  }
}
