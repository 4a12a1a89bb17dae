import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Observable, from, mergeMap, throwError } from 'rxjs';
import { principalIfKnown } from '../access/call-principal';
import { DENIALS, type Denials } from '../access/denials';
import { currentCall } from '../calls/call-context';
import { LOG } from '../logging/log-token';
import { AccessDenied, CaseHidden } from './errors';
import { type Failure, failureOf } from './failure';
import { grpcFailure } from './grpc-failure';
import { problemMediaType, problemOf } from './http-failure';

interface HttpReply {
  readonly headersSent: boolean;
  status(code: number): HttpReply;
  setHeader(name: string, value: string): void;
  send(body: string): void;
  destroy?(): void;
}

/** What of a request or call says what was asked for. */
interface Asked {
  readonly caseId?: unknown;
  readonly method?: string;
  readonly params?: { readonly id?: unknown; readonly tenant?: unknown };
  readonly route?: { readonly path?: unknown };
}

function denialIn(error: unknown): AccessDenied | undefined {
  if (error instanceof CaseHidden) return error.denial;
  return error instanceof AccessDenied ? error : undefined;
}

/** Somebody without an account was turned away: a wrong secret, a number and phone that do not fit, too many tries. */
function isCitizensDenial({ kind, code }: Failure): boolean {
  return kind === 'forbidden' || kind === 'limited' || code === 'CASE_NOT_FOUND';
}

/** Maps everything that a handler throws, for both transports, and writes the one log line about it. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(
    @Inject(LOG) private readonly log: Logger,
    @Inject(DENIALS) private readonly denials: Denials,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    const failure = failureOf(error);
    this.record(error, failure);
    const recorded = this.recordDenial(error, failure, host);
    if (host.getType() === 'rpc') {
      const refuse = throwError(() => grpcFailure(failure));
      return recorded === undefined ? refuse : from(recorded).pipe(mergeMap(() => refuse));
    }
    const reply = (): void => replyWithProblem(host.switchToHttp().getResponse<HttpReply>(), failure);
    if (recorded === undefined) reply();
    else void recorded.then(reply);
    return undefined;
  }

  /** On record before the answer leaves. Services that look up cases by number record their own. */
  private recordDenial(error: unknown, failure: Failure, host: ArgumentsHost): Promise<void> | undefined {
    const [request, metadata] = host.getArgs<[Asked | undefined, unknown]>();
    const isCall = host.getType() === 'rpc';
    const principal = principalIfKnown(isCall ? metadata : request);
    const denial = denialIn(error);
    if (principal === undefined) {
      if (!isCall && isCitizensDenial(failure)) this.countCitizens(request, failure.code);
      return undefined;
    }
    if (denial === undefined) return undefined;
    const caseId = denial.caseId ?? (isCall ? request?.caseId : request?.params?.id);
    return this.denials.record({ principal, error: denial, caseId });
  }

  private countCitizens(request: Asked | undefined, code: string): void {
    const { method = '', route, params } = request ?? {};
    const path = typeof route?.path === 'string' ? route.path : '(none)';
    if (typeof params?.tenant !== 'string') return;
    this.denials.count({ tenant: params.tenant, action: `${method} ${path}`.slice(0, 100), code });
  }

  private record(error: unknown, failure: Failure): void {
    const line = { code: failure.code, requestId: currentCall()?.requestId };
    const denial = denialIn(error);
    if (denial !== undefined)
      this.log.warn({ event: 'access.denied', ...line, code: denial.code, action: denial.action });
    else if (failure.kind === 'internal') this.log.error({ event: 'call.failed', ...line, err: error });
    else if (failure.kind === 'unavailable')
      this.log.warn({ event: 'call.unavailable', ...line, err: error });
    else this.log.info({ event: 'call.refused', ...line, kind: failure.kind });
  }
}

export function replyWithProblem(response: HttpReply, failure: Failure): void {
  if (response.headersSent) {
    response.destroy?.();
    return;
  }
  const problem = problemOf(failure);
  response.status(problem.status);
  response.setHeader('content-type', problemMediaType);
  response.setHeader('cache-control', 'no-store');
  if (failure.kind === 'unauthenticated') response.setHeader('www-authenticate', 'Bearer');
  if (failure.kind === 'limited')
    response.setHeader('retry-after', String(failure.details['retryAfterSeconds'] ?? 1));
  if (failure.kind === 'unavailable') response.setHeader('retry-after', '1');
  response.send(JSON.stringify(problem));
}
