import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { metadataOf } from '../access/bearer.guard';
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
    const call = callContext({ traceparent: text('traceparent'), requestId: text('x-request-id') });
    return new Observable((subscriber) => runInCall(call, () => next.handle().subscribe(subscriber)));
  }
}
