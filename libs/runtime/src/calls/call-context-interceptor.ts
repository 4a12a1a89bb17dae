import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable, tap } from 'rxjs';
import { metadataOf } from '../access/bearer.guard';
import { failureOf } from '../errors/failure';
import { recordRequest } from '../telemetry/instruments';
import { failSpan, runInSpan, startSpan, traceparentOf } from '../telemetry/spans';
import { callContext, currentCall, runInCall } from './call-context';

/** gRPC: takes trace and request id from the metadata. HTTP calls got theirs in the middleware already. */
@Injectable()
export class CallContextInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'rpc' || currentCall() !== undefined) return next.handle();
    const metadata = metadataOf(context.getArgs());
    const text = (key: string): string | undefined => {
      const value = metadata.get(key)[0];
      return typeof value === 'string' ? value : undefined;
    };
    const traceparent = text('traceparent');
    const method = `${context.getClass().name.replace(/Controller$/, '')}/${context.getHandler().name}`;
    const attributes = { 'rpc.system': 'grpc', 'rpc.method': method };
    const span = startSpan('grpc.server', { kind: 'server', parent: traceparent ?? '', attributes });
    const call = callContext({
      traceparent,
      requestId: text('x-request-id'),
      own: traceparentOf(span),
      said: () => context.getArgs<[unknown]>()[0],
    });
    const started = performance.now();
    let outcome = 'OK';
    const observed = tap({
      error: (error: unknown) => {
        const { code, kind } = failureOf(error);
        outcome = code;
        span.setAttribute('balagh.rejection', code);
        if (kind === 'internal' || kind === 'unavailable') failSpan(span, error);
      },
      finalize: () => {
        span.end();
        recordRequest('rpc', (performance.now() - started) / 1_000, { 'rpc.method': method, outcome });
      },
    });
    return new Observable((subscriber) =>
      runInCall(call, () => runInSpan(span, () => next.handle().pipe(observed).subscribe(subscriber))),
    );
  }
}
