import { InvalidMessage } from '@balagh/runtime';
import { type ExecutionContext } from '@nestjs/common';

interface UploadRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

function requestOf(context: ExecutionContext): UploadRequest {
  return context.switchToHttp().getRequest<UploadRequest>();
}

export function isMultipart(context: ExecutionContext): boolean {
  // Media types are written in any case, and the reader takes them so.
  return /^\s*multipart\//i.test(requestOf(context).headers['content-type'] ?? '');
}

/** Of the whole body. @throws InvalidMessage `CONTENT_LENGTH_REQUIRED` */
export function announcedBytes(context: ExecutionContext): number {
  const length = requestOf(context).headers['content-length'];
  if (length === undefined) throw new InvalidMessage('CONTENT_LENGTH_REQUIRED');
  return Number(length);
}
