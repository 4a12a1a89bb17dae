import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChannelCredentials,
  type Client,
  type Metadata as GrpcMetadata,
  Metadata,
  type ServiceError,
  credentials,
  loadPackageDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type StoryEndpoints } from './endpoints';

/** A refusal as a foreign client sees it: gRPC status number and the stable reason. */
export class CallRefused extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(`refused: ${reason} (gRPC status ${status}) ${JSON.stringify(details)}`);
  }
}

/** Which process serves which proto service. */
const served = {
  Intake: { process: 'intake', proto: 'intake' },
  Routing: { process: 'routing', proto: 'routing' },
  Dispatch: { process: 'dispatch', proto: 'dispatch' },
  Partner: { process: 'dispatch', proto: 'partner' },
  Notification: { process: 'notification', proto: 'notification' },
  History: { process: 'history', proto: 'history' },
} as const;
export type ServiceName = keyof typeof served;

type Unary = (
  request: object,
  metadata: GrpcMetadata,
  options: { deadline: number },
  done: (error: ServiceError | null, answer: object) => void,
) => void;

const protoRoot = join(__dirname, '../../../proto');

/**
 * Calls the services as any partner would: with the published protos and nothing of our own code.
 * A service that is just restarting (UNAVAILABLE) is asked again for up to 15 s; commands are idempotent. With patience, for
 * that much longer, and also after a call that was not answered in time.
 */
export class GrpcCaller {
  private readonly clients = new Map<ServiceName, Client>();

  constructor(
    private readonly addresses: Readonly<Record<string, string>>,
    private readonly patienceMs = 0,
  ) {}

  call<Answer>(service: ServiceName, method: string, token: string, request: object): Promise<Answer> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    return patiently(() => once<Answer>(this.client(service), method, metadata, request), this.patienceMs);
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private client(service: ServiceName): Client {
    const known = this.clients.get(service);
    if (known !== undefined) return known;
    const address = this.addresses[served[service].process];
    if (address === undefined) throw new Error(`no address of ${service}`);
    const client = clientOf(service, address, credentials.createInsecure());
    this.clients.set(service, client);
    return client;
  }
}

/** An agency's own client: known by its certificate, without any token. */
export class AgencyCaller {
  private readonly client: Client;

  constructor(
    { address, caFile, agencies }: StoryEndpoints['partner'],
    agency: string,
    private readonly patienceMs = 0,
  ) {
    const pair = agencies[agency];
    if (pair === undefined) throw new Error(`no certificate of ${agency}`);
    this.client = clientOf(
      'Partner',
      address,
      credentials.createSsl(readFileSync(caFile), readFileSync(pair.keyFile), readFileSync(pair.certFile)),
    );
  }

  call<Answer>(method: string, request: object): Promise<Answer> {
    return patiently(() => once<Answer>(this.client, method, new Metadata(), request), this.patienceMs);
  }

  close(): void {
    this.client.close();
  }
}

async function patiently<Answer>(attempt: () => Promise<Answer>, patienceMs: number): Promise<Answer> {
  const end = Date.now() + 15_000 + patienceMs;
  const mayPass = (status: number): boolean => status === 14 || (status === 4 && patienceMs > 0);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const again = error instanceof CallRefused && mayPass(error.status) && Date.now() < end;
      if (!again) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function once<Answer>(
  client: Client,
  method: string,
  metadata: GrpcMetadata,
  request: object,
): Promise<Answer> {
  const call = (client as Client & Record<string, Unary | undefined>)[method];
  if (call === undefined) throw new Error(`no method ${method}`);
  return new Promise((resolve, reject) => {
    call.call(client, request, metadata, { deadline: Date.now() + 15_000 }, (error, answer) => {
      if (error === null) resolve(answer as Answer);
      else reject(refusal(error));
    });
  });
}

function clientOf(service: ServiceName, address: string, channel: ChannelCredentials): Client {
  const { proto } = served[service];
  const definition = loadSync(`balagh/${proto}/v1/${proto}.proto`, {
    includeDirs: [protoRoot],
    longs: String,
    enums: String,
    defaults: true,
    arrays: true,
  });
  const loaded = loadPackageDefinition(definition) as unknown as Record<
    string,
    Record<string, { v1: Record<string, new (address: string, c: unknown) => Client> }>
  >;
  const Constructor = loaded['balagh']?.[proto]?.v1[service];
  if (Constructor === undefined) throw new Error(`no definition of ${service}`);
  return new Constructor(address, channel);
}

function refusal(error: ServiceError): CallRefused {
  const text = (key: string): string => String(error.metadata.get(key)[0] ?? '');
  const details = text('error-details');
  return new CallRefused(
    error.code,
    text('error-reason') || error.message,
    details === '' ? {} : (JSON.parse(details) as Record<string, unknown>),
  );
}
