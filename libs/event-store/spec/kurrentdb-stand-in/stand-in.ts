import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type Expected, type LoggedEvent, type Proposal, StandInLog } from './stand-in-log';

/**
 * Speaks as much of KurrentDB's protocol as the adapter uses, over real gRPC. It stands in where no server can run: it
 * shows that the adapter gets on with the client and the wire, not that a real server behaves like this.
 */
export interface StandIn {
  readonly port: number;
  readonly log: StandInLog;
  /** Requests so far by method; `searches` counts filtered reads, `withUser` appends that said who sends them. */
  readonly calls: { append: number; batchAppend: number; read: number; searches: number; withUser: number };
  /** Delays each searched read by so many milliseconds. */
  searchDelayMs: number;
  stop(): void;
}

export async function startStandIn(log = new StandInLog()): Promise<StandIn> {
  const definition = loadSync(['server-features.proto', 'streams.proto'], {
    includeDirs: [__dirname, join(__dirname)],
    keepCase: true,
    longs: String,
    oneofs: true,
    defaults: false,
  });
  const server = new Server({ 'grpc.max_receive_message_length': 20_000_000 });
  const calls = { append: 0, batchAppend: 0, read: 0, searches: 0, withUser: 0 };
  const standIn = { port: 0, log, calls, searchDelayMs: 0, stop: () => server.forceShutdown() };
  const service = (name: string) => definition[`event_store.client.${name}`] as ServiceDefinition;
  server.addService(service('server_features.ServerFeatures'), {
    GetSupportedMethods: (_: unknown, answer: sendUnaryData<unknown>) => answer(null, features),
  });
  server.addService(service('streams.Streams'), {
    Read: (call: Reading) => {
      calls.read += 1;
      if (call.request.options.filter !== undefined && call.request.options.subscription === undefined)
        calls.searches += 1;
      void read(call, standIn);
    },
    Append: (call: ServerReadableStream<AppendReq, unknown>, answer: sendUnaryData<unknown>) => {
      calls.append += 1;
      if (call.metadata.get('authorization').length > 0) calls.withUser += 1;
      append(call, answer, log);
    },
    BatchAppend: () => {
      calls.batchAppend += 1;
    },
  });
  standIn.port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
  return standIn;
}

const features = {
  event_store_server_version: '25.0.0',
  methods: ['read', 'append', 'batchappend'].map((method_name) => ({
    method_name,
    service_name: 'event_store.client.streams.streams',
    features: ['all', 'position', 'events'],
  })),
};

interface AppendReq {
  readonly options?: {
    readonly stream: { readonly stream_name: Uint8Array };
    readonly expected: 'revision' | 'no_stream' | 'any' | 'stream_exists';
    readonly revision?: string;
  };
  readonly proposed?: {
    readonly id: { readonly string?: string };
    readonly system: Readonly<Record<string, string>>;
    readonly metadata?: Uint8Array;
    readonly data?: Uint8Array;
  };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const nothing = new Uint8Array();

function append(
  call: ServerReadableStream<AppendReq, unknown>,
  answer: sendUnaryData<unknown>,
  log: StandInLog,
): void {
  let options: AppendReq['options'];
  const proposals: Proposal[] = [];
  call.on('data', (request: AppendReq) => {
    options ??= request.options;
    const { proposed } = request;
    if (proposed === undefined) return;
    proposals.push({
      id: proposed.id.string ?? '',
      type: proposed.system['type'] ?? '',
      contentType: proposed.system['content-type'] ?? '',
      data: proposed.data ?? nothing,
      metadata: proposed.metadata ?? nothing,
    });
  });
  call.on('end', () => setImmediate(judge));
  const judge = (): void => {
    // A request that broke off ends here as well: the server writes nothing of it.
    if (call.cancelled) return;
    if (options === undefined) return answer({ code: 3, details: 'no options' });
    const expected: Expected = options.expected === 'revision' ? Number(options.revision) : options.expected;
    const verdict = log.append(text(options.stream.stream_name), expected, proposals);
    if (verdict.kind === 'wrong') {
      const { current } = verdict;
      return answer(null, {
        wrong: {
          ...(current === undefined ? { no_stream: {} } : { revision: current }),
          ...(typeof expected === 'number' ? { expected_revision: expected } : { expected_none: {} }),
        },
      });
    }
    const at =
      verdict.kind === 'written'
        ? { at: { commit: verdict.position, prepare: verdict.position } }
        : { no_position: {} };
    answer(null, { success: { revision: verdict.revision, ...at } });
  };
}

interface ReadReq {
  readonly options: {
    readonly stream?: {
      readonly stream: { readonly stream_name: Uint8Array };
      readonly from: 'revision' | 'start' | 'end';
      readonly revision?: string;
    };
    readonly all?: {
      readonly from: 'position' | 'start' | 'end';
      readonly position?: { readonly commit?: string };
    };
    readonly direction?: number;
    readonly count?: string;
    readonly subscription?: unknown;
    readonly filter?: { readonly stream_name?: Expression; readonly event_type?: Expression };
  };
}
interface Expression {
  readonly regex?: string;
  readonly prefix?: readonly string[];
}
type Reading = ServerWritableStream<ReadReq, unknown>;

async function read(call: Reading, { log, searchDelayMs }: StandIn): Promise<void> {
  const { options } = call.request;
  if (options.subscription !== undefined) return subscribe(call, log);
  if (options.filter !== undefined && searchDelayMs > 0)
    await new Promise((resolve) => setTimeout(resolve, searchDelayMs).unref());
  const source =
    options.stream === undefined ? log.events : log.stream(text(options.stream.stream.stream_name));
  if (source === undefined) {
    call.write({ stream_not_found: { stream: options.stream?.stream } });
    return void call.end();
  }
  const matches = matcher(options.filter);
  const step = options.direction === 1 ? -1 : 1;
  let left = Number(options.count ?? 0);
  for (let i = startOf(options, source, log); i >= 0 && i < source.length && left > 0; i += step) {
    const event = source[i]!;
    if (!matches(event)) continue;
    left -= 1;
    if (call.cancelled) return;
    if (!call.write(toWire(event))) await new Promise((resolve) => call.once('drain', resolve));
  }
  call.end();
}

/** Inclusive, as the server reads. */
function startOf(
  { stream, all }: ReadReq['options'],
  source: readonly LoggedEvent[],
  log: StandInLog,
): number {
  const { from } = stream ?? all ?? { from: 'start' };
  if (from === 'start') return 0;
  if (from === 'end') return source.length - 1;
  return stream === undefined ? log.indexAt(Number(all?.position?.commit)) : Number(stream.revision);
}

function matcher(filter: ReadReq['options']['filter']): (event: LoggedEvent) => boolean {
  const expression = filter?.stream_name ?? filter?.event_type;
  if (expression === undefined) return () => true;
  const regex = (expression.regex ?? '') === '' ? undefined : new RegExp(expression.regex ?? '', 'u');
  return (event) => {
    const name = filter?.stream_name === undefined ? event.type : event.stream;
    return regex?.test(name) ?? (expression.prefix ?? []).some((prefix) => name.startsWith(prefix));
  };
}

/** From the end only: the adapter subscribes to nothing else. */
function subscribe(call: Reading, log: StandInLog): void {
  let next = log.events.length;
  call.write({ confirmation: { id: 'stand-in' } });
  call.write({ caught_up: {} });
  const stop = log.onAppend(() => {
    for (; next < log.events.length; next += 1) call.write(toWire(log.events[next]!));
  });
  call.on('cancelled', () => {
    stop();
    call.end();
  });
}

const toWire = (event: LoggedEvent): unknown => ({
  event: {
    commit: event.position,
    event: {
      id: { string: event.id },
      stream: { stream_name: Buffer.from(event.stream) },
      revision: event.revision,
      prepare: event.position,
      commit: event.position,
      system: { type: event.type, 'content-type': event.contentType, created: event.created },
      metadata: event.metadata,
      data: event.data,
    },
  },
});
