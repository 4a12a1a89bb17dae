import {
  Client,
  type ClientUnaryCall,
  type MethodDefinition,
  Metadata,
  type ServiceError,
  credentials,
  status,
} from '@grpc/grpc-js';
import { type ServiceDefinition, loadSync } from '@grpc/proto-loader';
import { type ChannelCredentials } from '@grpc/grpc-js';
import { type Observable } from 'rxjs';
import { setTimeout as pause } from 'node:timers/promises';
import { childTraceparent, currentCall } from '../calls/call-context';
import { inSpan, traceparentOf } from '../telemetry/spans';
import { protoFileOf, protoLoaderOptions } from './protos';

export interface GrpcClientOptions {
  /** Bearer token of every call, or where to take it from; a call's own token wins. */
  readonly token?: string | (() => string | Promise<string>);
  /** Milliseconds until a call fails with DEADLINE_EXCEEDED, retries included. Default 10,000. */
  readonly deadlineMs?: number;
  /** Further attempts after UNAVAILABLE. Commands carry a command id, so repeating one is harmless. Default 3. */
  readonly retries?: number;
  readonly credentials?: ChannelCredentials;
}

export interface GrpcCallOptions {
  readonly token?: string;
  readonly deadlineMs?: number;
  readonly retries?: number;
  /** Further metadata, e.g. `x-request-id`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Unary methods of a generated client (`intake.IntakeClient`), with promises instead of observables. */
export type GrpcClient<Service> = {
  readonly [Method in keyof Service]: Service[Method] extends (
    request: infer Request,
    ...rest: never[]
  ) => Observable<infer Reply>
    ? (request: Request, options?: GrpcCallOptions) => Promise<Reply>
    : never;
} & {
  /** A method that answers with a stream. Ends with the call; leaving the loop cancels it. */
  stream<Reply>(
    method: keyof Service & string,
    request: unknown,
    options?: GrpcCallOptions,
  ): AsyncIterable<Reply>;
  close(): void;
};

/**
 * A client of one service. Errors are grpc-js `ServiceError`s: read them with `grpcError`. The channel connects at the
 * first call and reconnects by itself.
 */
export function createGrpcClient<Service>(
  packageName: string,
  serviceName: string,
  address: string,
  options: GrpcClientOptions = {},
): GrpcClient<Service> {
  const definition = loadSync(protoFileOf(packageName), protoLoaderOptions)[
    `${packageName}.${serviceName}`
  ] as ServiceDefinition | undefined;
  if (definition === undefined) throw new TypeError(`no service ${serviceName} in ${packageName}`);
  const client = new Client(address, options.credentials ?? credentials.createInsecure(), {
    'grpc.max_receive_message_length': 12 * 1024 * 1024,
    'grpc.max_send_message_length': 12 * 1024 * 1024,
    'grpc.keepalive_time_ms': 30_000,
  });
  const methods = Object.entries(definition).map(
    ([name, method]) => [name.charAt(0).toLowerCase() + name.slice(1), method as Method] as const,
  );
  const byName = new Map(methods);
  const unary = methods
    .filter(([, method]) => !method.responseStream && !method.requestStream)
    .map(([name, method]) => [
      name,
      (request: object, call: GrpcCallOptions = {}) => unaryCall(client, method, request, options, call),
    ]);
  return {
    ...(Object.fromEntries(unary) as object),
    stream: (name: string, request: object, call: GrpcCallOptions = {}) => {
      const method = byName.get(name);
      if (method === undefined) throw new TypeError(`no method ${name} in ${serviceName}`);
      return streamCall(client, method, request, options, call);
    },
    close: () => client.close(),
  } as unknown as GrpcClient<Service>;
}

type Method = MethodDefinition<object, object>;

function unaryCall(
  client: Client,
  method: Method,
  request: object,
  options: GrpcClientOptions,
  call: GrpcCallOptions,
): Promise<object> {
  const attributes = { 'rpc.system': 'grpc', 'rpc.method': method.path.slice(1) };
  return inSpan('grpc.client', { kind: 'client', attributes }, (span) =>
    repeatedCall(client, method, request, options, {
      ...call,
      metadata: { ...ownTrace(traceparentOf(span)), ...call.metadata },
    }),
  );
}

function ownTrace(traceparent: string | undefined): Readonly<Record<string, string>> {
  return traceparent === undefined ? {} : { traceparent };
}

async function repeatedCall(
  client: Client,
  method: Method,
  request: object,
  options: GrpcClientOptions,
  call: GrpcCallOptions,
): Promise<object> {
  const deadline = Date.now() + (call.deadlineMs ?? options.deadlineMs ?? 10_000);
  const metadata = await metadataFor(options, call);
  let retriesLeft = call.retries ?? options.retries ?? 3;
  for (let wait = 100; ; wait *= 3) {
    try {
      return await once(client, method, request, metadata, deadline);
    } catch (error) {
      const again =
        (error as ServiceError).code === status.UNAVAILABLE &&
        retriesLeft > 0 &&
        Date.now() + wait < deadline;
      if (!again) throw error;
      retriesLeft -= 1;
      await pause(wait);
    }
  }
}

function once(
  client: Client,
  method: Method,
  request: object,
  metadata: Metadata,
  deadline: number,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const call: ClientUnaryCall = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline },
      (error, reply) => {
        if (error !== null) reject(error);
        else if (reply === undefined) reject(new TypeError(`no reply to ${call.getPeer()}`));
        else resolve(reply);
      },
    );
  });
}

async function* streamCall<Reply>(
  client: Client,
  method: Method,
  request: object,
  options: GrpcClientOptions,
  call: GrpcCallOptions,
): AsyncGenerator<Reply> {
  const deadline = Date.now() + (call.deadlineMs ?? options.deadlineMs ?? 60_000);
  const metadata = await metadataFor(options, call);
  const stream = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    metadata,
    { deadline },
  );
  try {
    for await (const reply of stream as AsyncIterable<Reply>) yield reply;
  } finally {
    stream.cancel();
  }
}

async function metadataFor(options: GrpcClientOptions, call: GrpcCallOptions): Promise<Metadata> {
  const metadata = new Metadata();
  const token = call.token ?? (typeof options.token === 'function' ? await options.token() : options.token);
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  const current = currentCall();
  metadata.set('traceparent', childTraceparent(current?.traceparent));
  if (current !== undefined) metadata.set('x-request-id', current.requestId);
  for (const [key, value] of Object.entries(call.metadata ?? {})) metadata.set(key, value);
  return metadata;
}
