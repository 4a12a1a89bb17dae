import { InvalidMessage, RateExceeded } from '@balagh/runtime';
import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  PayloadTooLargeException,
} from '@nestjs/common';
import { FileFieldsInterceptor } from '@nestjs/platform-express';
import { type Observable, finalize } from 'rxjs';
import { type EvidenceFile, type EvidenceKind } from '../../application/add-attachment.handler';

/** Bytes of one file on its way in; the profile's own limit is judged afterwards. */
const maxFileBytes = 12 * 1024 * 1024;
/** Bytes of a whole request. */
const maxRequestBytes = 40 * 1024 * 1024;
/** Files are held in memory while they are inspected: with the limit above, this bounds it. */
const maxUploadsAtOnce = 6;

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
    const { headers } = requestOf(context);
    const length = headers['content-length'];
    if (length === undefined) throw new InvalidMessage('CONTENT_LENGTH_REQUIRED');
    if (!(Number(length) <= maxRequestBytes)) throw new PayloadTooLargeException();
    return true;
  }
}

/** Lets a bounded number of uploads in at once; the others are asked to come back. */
@Injectable()
export class UploadSlots implements NestInterceptor {
  private taken = 0;

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!isMultipart(context)) return next.handle();
    if (this.taken >= maxUploadsAtOnce) throw new RateExceeded(2);
    this.taken += 1;
    return next.handle().pipe(
      finalize(() => {
        this.taken -= 1;
      }),
    );
  }
}

interface UploadRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

function requestOf(context: ExecutionContext): UploadRequest {
  return context.switchToHttp().getRequest<UploadRequest>();
}

function isMultipart(context: ExecutionContext): boolean {
  // Media types are written in any case, and the reader takes them so.
  return /^\s*multipart\//i.test(requestOf(context).headers['content-type'] ?? '');
}
