import { type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { problemMediaType, problemOf } from '../errors/http-failure';

const refusals: Readonly<Record<string, readonly [status: number, phrase: string, code: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'HEADERS_TOO_LARGE'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large', 'BODY_TOO_LARGE'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'REQUEST_TIMED_OUT'],
};
const unreadable = [400, 'Bad Request', 'REQUEST_MALFORMED'] as const;

/**
 * What Node's parser refuses never reaches the framework, and would be answered without a code. Here it gets the same kind of
 * problem as everything else; the connection ends, since nobody knows where the next request would begin.
 */
export function answerUnreadableRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const [status, phrase, code] = refusals[error.code ?? ''] ?? unreadable;
    const body = JSON.stringify(problemOf({ kind: 'invalid', code, details: {}, httpStatus: status }));
    const head = [
      `HTTP/1.1 ${status} ${phrase}`,
      `content-type: ${problemMediaType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
