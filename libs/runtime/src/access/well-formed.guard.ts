import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { InvalidMessage } from '../errors/errors';
import { isMalformed } from '../grpc/malformed-requests';

/**
 * What no operation can use, refused in one place and after the caller is known: bytes that are not the message, and texts that
 * are not storable Unicode (U+0000, lone surrogates), and multipart bodies that are no form. Multipart bodies are read later and looked at by their own readers.
 */
@Injectable()
export class WellFormedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() === 'http') {
      const { params, query, body, headers } = context.switchToHttp().getRequest<Asked>();
      if (isForeignMultipart(headers['content-type'])) throw new UnsupportedMediaTypeException();
      demandUnicode({ params, query, body });
      return true;
    }
    const [request] = context.getArgs<unknown[]>();
    if (isMalformed(request)) throw new InvalidMessage('REQUEST_MALFORMED');
    demandUnicode(request);
    return true;
  }
}

interface Asked extends Record<'params' | 'query' | 'body', unknown> {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The reader of multipart bodies knows forms only, and faults on anything else. */
function isForeignMultipart(type = ''): boolean {
  return /^\s*multipart\//i.test(type) && !/^\s*multipart\/form-data\s*(;|$)/i.test(type);
}

/** @throws InvalidMessage `TEXT_NOT_UNICODE` with the path of the first such text; walks without recursion */
export function demandUnicode(value: unknown): void {
  const left: { readonly path: string; readonly value: unknown }[] = [{ path: '', value }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next.value === 'string' && !isStorable(next.value)) {
      throw new InvalidMessage('TEXT_NOT_UNICODE', [
        { path: next.path.slice(0, 200), problem: 'NOT_UNICODE' },
      ]);
    }
    if (typeof next.value !== 'object' || next.value === null || ArrayBuffer.isView(next.value)) continue;
    for (const [name, member] of Object.entries(next.value)) {
      if (!isStorable(name))
        throw new InvalidMessage('TEXT_NOT_UNICODE', [
          { path: next.path.slice(0, 200), problem: 'NOT_UNICODE' },
        ]);
      left.push({
        path: next.path.length > 200 ? next.path : `${next.path}${next.path === '' ? '' : '.'}${name}`,
        value: member,
      });
    }
  }
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
