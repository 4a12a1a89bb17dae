import { join } from 'node:path';
import { type Client, type Metadata as GrpcMetadata, Metadata, type ServiceError, credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

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

type Unary = (request: object, metadata: GrpcMetadata, options: { deadline: number }, done: (error: ServiceError | null, answer: object) => void) => void;

const protoRoot = join(__dirname, '../../../proto');

/**
 * Calls the services as any partner would: with the published protos and nothing of our own code.
 * A service that is just restarting (UNAVAILABLE) is asked again for up to 15 s; commands are idempotent.
 */
export class GrpcCaller {
  private readonly clients = new Map<ServiceName, Client>();

  constructor(private readonly addresses: Readonly<Record<string, string>>) {}

  async call<Answer>(service: ServiceName, method: string, token: string, request: object): Promise<Answer> {
    const end = Date.now() + 15_000;
    for (;;) {
      try {
        return await this.once<Answer>(service, method, token, request);
      } catch (error) {
        const again = error instanceof CallRefused && error.status === 14 && Date.now() < end;
        if (!again) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private once<Answer>(service: ServiceName, method: string, token: string, request: object): Promise<Answer> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    const client = this.client(service) as Client & Record<string, Unary | undefined>;
    const call = client[method];
    if (call === undefined) throw new Error(`no method ${service}.${method}`);
    return new Promise((resolve, reject) => {
      call.call(client, request, metadata, { deadline: Date.now() + 15_000 }, (error, answer) => {
        if (error === null) resolve(answer as Answer);
        else reject(refusal(error));
      });
    });
  }

  private client(service: ServiceName): Client {
    const known = this.clients.get(service);
    if (known !== undefined) return known;
    const { process, proto } = served[service];
    const definition = loadSync(`balagh/${proto}/v1/${proto}.proto`, { includeDirs: [protoRoot], longs: String, enums: String, defaults: true, arrays: true });
    const loaded = loadPackageDefinition(definition) as unknown as Record<string, Record<string, { v1: Record<string, new (address: string, c: unknown) => Client> }>>;
    const Constructor = loaded['balagh']?.[proto]?.v1[service];
    const address = this.addresses[process];
    if (Constructor === undefined || address === undefined) throw new Error(`no address or definition of ${service}`);
    const client = new Constructor(address, credentials.createInsecure());
    this.clients.set(service, client);
    return client;
  }
}

function refusal(error: ServiceError): CallRefused {
  const text = (key: string): string => String(error.metadata.get(key)[0] ?? '');
  const details = text('error-details');
  return new CallRefused(error.code, text('error-reason') || error.message, details === '' ? {} : (JSON.parse(details) as Record<string, unknown>));
}
