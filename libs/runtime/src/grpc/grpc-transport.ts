import { Server, ServerCredentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { ServerGrpc } from '@nestjs/microservices';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';
import { tolerateMalformedRequests } from './malformed-requests';
import { protoLoaderOptions, resolveProto } from './protos';
import { reflectedFiles } from './reflected-files';

export interface GrpcServerOptions {
  readonly package: readonly string[];
  readonly protoPath: readonly string[];
  /** `host:port`; port 0 takes a free one. */
  readonly url: string;
  readonly credentials?: ServerCredentials;
}

/** Attachments of 10 MB plus the rest of the message. */
const maxReceiveBytes = 12 * 1024 * 1024;

/**
 * Nest's gRPC server with two differences: it binds after the services are added (Nest binds first, so early callers
 * met UNIMPLEMENTED), and it tells which port it got. Health and reflection are served beside the services.
 */
export class GrpcTransport extends ServerGrpc {
  private boundPort: number | undefined;
  private readonly health: HealthImplementation;
  private readonly services: readonly string[];

  constructor(private readonly server: GrpcServerOptions) {
    const definition = tolerateMalformedRequests(
      loadSync(server.protoPath.map(resolveProto), protoLoaderOptions),
    );
    const services = Object.entries(definition)
      .filter(([, entry]) => !('format' in entry))
      .map(([name]) => name);
    const health = new HealthImplementation(
      Object.fromEntries(['', ...services].map((name) => [name, 'NOT_SERVING' as const])),
    );
    super({
      package: [...server.package],
      packageDefinition: definition,
      url: server.url,
      gracefulShutdown: true,
      onLoadPackageDefinition: (_definition: unknown, grpc: Server) => {
        health.addToServer(grpc);
        new ReflectionService(reflectedFiles(server.protoPath), { services: [...services] }).addToServer(
          grpc,
        );
      },
    });
    this.health = health;
    this.services = services;
  }

  get port(): number | undefined {
    return this.boundPort;
  }

  /** What `grpc.health.v1.Health` answers for the server and each service. */
  setServing(serving: boolean): void {
    const status: ServingStatus = serving ? 'SERVING' : 'NOT_SERVING';
    for (const name of ['', ...this.services]) this.health.setStatus(name, status);
  }

  /** Ends calls that are still running; a graceful shutdown under way then completes. */
  cut(): void {
    (this.grpcClient as Server | null)?.forceShutdown();
  }

  override createClient(): Promise<Server> {
    return Promise.resolve(
      // Channelz stays on: without it the library keeps no list of its sessions, and `forceShutdown` cuts none.
      new Server({
        'grpc.max_receive_message_length': maxReceiveBytes,
        'grpc.max_send_message_length': maxReceiveBytes,
        'grpc.max_concurrent_streams': 1_000,
        'grpc.keepalive_time_ms': 30_000,
        'grpc.keepalive_timeout_ms': 10_000,
      }),
    );
  }

  override async start(callback?: () => void): Promise<void> {
    await this.bindEvents();
    const grpc = this.grpcClient as Server;
    this.boundPort = await new Promise<number>((resolve, reject) => {
      const credentials = this.server.credentials ?? ServerCredentials.createInsecure();
      grpc.bindAsync(this.server.url, credentials, (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    callback?.();
  }
}
