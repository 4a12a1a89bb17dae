import { type Author } from '@balagh/case-events';
import { type DynamicModule, Module, type Type, type ValueProvider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions } from '@nestjs/microservices';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { ServerCredentials } from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createPartnerIdentities } from '../access/partner-identities';
import { type TokenVerifier, createTokenVerifier } from '../access/token-verifier';
import { type ServiceConfig } from '../config/service-config';
import { type Clock } from '../clock';
import { GrpcTransport } from '../grpc/grpc-transport';
import { HealthController, READINESS, type Readiness } from '../http/health.controller';
import { ParkedCasesController } from '../http/parked-cases.controller';
import { requestMiddleware } from '../http/request-middleware';
import { answerUnreadableRequests } from '../http/unreadable-requests';
import { nestLog } from '../logging/nest-log';
import { createPlatform } from '../platform/create-platform';
import { MetricsController, TELEMETRY } from '../telemetry/metrics.controller';
import { type Telemetry } from '../telemetry/telemetry';
import { type RunningPlatform } from '../platform/platform';
import { PlatformModule } from '../platform/platform.module';

export interface ServiceDefinition {
  /** Schema, role and process name. */
  readonly name: string;
  /** Whose event types it writes; absent: none. */
  readonly author?: Author;
  /** The service's Nest module, or a function that makes it when the platform is there. */
  readonly module: Type | ((platform: RunningPlatform) => DynamicModule);
  /** Packages it serves and the files that declare them, relative to `proto/`. */
  readonly grpc?: { readonly package: readonly string[]; readonly protoPath: readonly string[] };
  /** Packages that agencies call over mutual TLS, on a port of their own (PARTNER_GRPC_PORT); absent port: not served there. */
  readonly partnerGrpc?: { readonly package: readonly string[]; readonly protoPath: readonly string[] };
  /** It has HTTP routes of its own. Health is served on the HTTP port in any case. */
  readonly http?: boolean;
  /** Called before the application is initialised: static files, OpenAPI. */
  readonly prepare?: (app: NestExpressApplication) => void | Promise<void>;
}

export interface ServiceSurroundings {
  readonly config: ServiceConfig;
  readonly clock?: Clock;
  /** Default: verifies against ISSUER_URL. */
  readonly verifier?: TokenVerifier;
  /** Default: opened from the configuration. It is closed with the service. */
  readonly platform?: RunningPlatform;
  /** Serves `/metrics`; absent: there are none. */
  readonly telemetry?: Telemetry;
}

export interface RunningService {
  readonly platform: RunningPlatform;
  readonly app: NestExpressApplication;
  readonly httpPort: number;
  readonly grpcPort: number | undefined;
  /** Where agencies call over mutual TLS. */
  readonly partnerGrpcPort: number | undefined;
  /** Refuses new work, finishes what is running, closes everything. Repeating it is harmless. */
  stop(): Promise<void>;
}

const maxBody = '256kb';

/** Starts a service in this process without touching the process itself; `runService` adds signals and the parent. */
export async function startService(
  definition: ServiceDefinition,
  surroundings: ServiceSurroundings,
): Promise<RunningService> {
  const { config } = surroundings;
  const platform =
    surroundings.platform ?? (await createPlatform({ ...platformOptions(definition), ...surroundings }));
  const readiness: Readiness & { accepting: boolean } = {
    accepting: false,
    check: () => platform.health.check(),
  };
  const verifier =
    surroundings.verifier ??
    createTokenVerifier({
      issuer: config.ISSUER_URL,
      audience: config.AUDIENCE,
      refuseDemonstrations: config.BALAGH_MODE === 'production',
    });
  try {
    const partners = config.PARTNER_IDENTITIES_FILE;
    const identities = partners === undefined ? undefined : createPartnerIdentities(partners, platform.clock);
    const own = PlatformModule.forPlatform(platform, verifier, identities);
    const app = await createApp(definition, platform, own, [
      { provide: READINESS, useValue: readiness },
      { provide: TELEMETRY, useValue: surroundings.telemetry },
    ]);
    await definition.prepare?.(app);
    const grpc = definition.grpc === undefined ? undefined : connectGrpc(app, definition.grpc, config);
    const partnerGrpc =
      definition.partnerGrpc === undefined
        ? undefined
        : connectPartnerGrpc(app, definition.partnerGrpc, config);
    const transports = [grpc, partnerGrpc].filter((transport) => transport !== undefined);
    await app.init();
    await app.startAllMicroservices();
    await app.listen(config.HTTP_PORT, config.HOST);
    const httpPort = (app.getHttpServer().address() as AddressInfo).port;
    readiness.accepting = true;
    for (const transport of transports) transport.setServing(true);
    const ports = { httpPort, grpcPort: grpc?.port, partnerGrpcPort: partnerGrpc?.port };
    platform.log.info({ event: 'service.started', ...ports });
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= stopService(app, platform, readiness, transports));
    return { platform, app, ...ports, stop };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

function platformOptions({ name, author }: ServiceDefinition): { service: string; author?: Author } {
  return author === undefined ? { service: name } : { service: name, author };
}

async function createApp(
  definition: ServiceDefinition,
  platform: RunningPlatform,
  platformModule: DynamicModule,
  providers: ValueProvider[],
): Promise<NestExpressApplication> {
  const own = isModuleClass(definition.module) ? definition.module : definition.module(platform);
  @Module({
    imports: [platformModule, own],
    controllers: [HealthController, MetricsController, ParkedCasesController],
    providers,
  })
  class ServiceRoot {}
  const app = await NestFactory.create<NestExpressApplication>(ServiceRoot, new ExpressAdapter(), {
    logger: nestLog(platform.log),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: false,
  });
  app.use(requestMiddleware);
  app.useBodyParser('json', { limit: maxBody });
  app.useBodyParser('urlencoded', { limit: maxBody, extended: false });
  app.disable('x-powered-by');
  app.set('trust proxy', platform.config.TRUST_PROXY);
  app.set('query parser', 'simple');
  const server = app.getHttpServer() as Server;
  server.requestTimeout = 60_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 5_000;
  answerUnreadableRequests(server);
  return app;
}

function connectGrpc(
  app: NestExpressApplication,
  served: NonNullable<ServiceDefinition['grpc']>,
  config: ServiceConfig,
): GrpcTransport {
  const transport = new GrpcTransport({ ...served, url: `${config.HOST}:${config.GRPC_PORT}` });
  app.connectMicroservice<MicroserviceOptions>({ strategy: transport }, { inheritAppConfig: true });
  return transport;
}

/** Mutual TLS: a client without a certificate of the agencies' authority does not get past the handshake. */
function connectPartnerGrpc(
  app: NestExpressApplication,
  served: NonNullable<ServiceDefinition['partnerGrpc']>,
  config: ServiceConfig,
): GrpcTransport | undefined {
  const { PARTNER_GRPC_PORT: port, PARTNER_TLS_CERT_FILE: cert, PARTNER_TLS_KEY_FILE: key } = config;
  const { PARTNER_TLS_CA_FILE: ca } = config;
  if (port === undefined || cert === undefined || key === undefined || ca === undefined) return undefined;
  const pair = { cert_chain: readFileSync(cert), private_key: readFileSync(key) };
  const credentials = ServerCredentials.createSsl(readFileSync(ca), [pair], true);
  const transport = new GrpcTransport({ ...served, url: `${config.HOST}:${port}`, credentials });
  app.connectMicroservice<MicroserviceOptions>({ strategy: transport }, { inheritAppConfig: true });
  return transport;
}

/** Milliseconds that running calls are given; then their connections are cut, so that open streams cannot hold up the end. */
const drainMs = 4_000;

/** Order: say so, stop the feed, drain requests, run the module's shutdown hooks, close the pools. */
async function stopService(
  app: NestExpressApplication,
  platform: RunningPlatform,
  readiness: { accepting: boolean },
  transports: readonly GrpcTransport[],
): Promise<void> {
  readiness.accepting = false;
  for (const transport of transports) transport.setServing(false);
  await platform.stopFeed();
  const server = app.getHttpServer() as Server;
  const cut = setTimeout(() => {
    platform.log.warn({ event: 'service.calls.cut', afterMs: drainMs });
    server.closeAllConnections();
    for (const transport of transports) transport.cut();
  }, drainMs);
  server.closeIdleConnections();
  await app.close();
  clearTimeout(cut);
  await platform.close();
  platform.log.info({ event: 'service.stopped' });
}

function isModuleClass(module: ServiceDefinition['module']): module is Type {
  return /^class\b/.test(Function.prototype.toString.call(module));
}
