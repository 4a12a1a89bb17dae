export * from './access/permissions';
export * from './access/principal';
export {
  PARTNER_IDENTITIES,
  type PartnerIdentities,
  createPartnerIdentities,
} from './access/partner-identities';
export { Public, Unlimited } from './access/route-access';
export { attachPrincipal, principalOfCall, principalOfRequest } from './access/call-principal';
export { principalOfClaims } from './access/claims';
export * from './access/token-verifier';
export { demandUnicode } from './access/well-formed.guard';
export { BearerGuard } from './access/bearer.guard';
export * from './errors/errors';
export { type Failure, type FailureKind, failureOf, failureTable } from './errors/failure';
export { type GrpcError, errorDomain, grpcError, grpcFailure } from './errors/grpc-failure';
export { type Problem, problemMediaType, problemOf } from './errors/http-failure';
export { FailureFilter, replyWithProblem } from './errors/failure-filter';
export { type CallContext, childTraceparent, currentCall, runInCall } from './calls/call-context';
export * from './clock';
export { type CaseOpening, CaseOpenings } from './commands/case-openings';
export * from './commands/command-context';
export * from './commands/command-result';
export { contentDigest, openContentDigest } from './commands/content-digest';
export { namedUuid, namedUuidAt } from '@balagh/case-events';
export { ConfigInvalid, readConfig } from './config/config';
export { kafkaConfig, kafkaSecurityOf, kafkaSettings, refuseMisfits } from './config/kafka-config';
export { type ServiceConfig, serviceConfig, serviceConfigSchema } from './config/service-config';
export { countedUpTo } from './database/counted-up-to';
export { type OwnTables } from './database/data-source-options';
export { makeIndexConcurrently } from './database/make-index';
export { openTables } from './database/open-tables';
export * from './grpc/grpc-client';
export { GrpcTransport, type GrpcServerOptions } from './grpc/grpc-transport';
export { protoFileOf, protoLoaderOptions, protoRoot, resolveProto } from './grpc/protos';
export { type RateLimit, TokenBuckets, clientOf } from './http/rate-limit';
export { type LogOptions, createLog } from './logging/log';
export { LOG } from './logging/log-token';
export * from './telemetry';
export * from './paging/page-token';
export * from './platform/platform';
export { type PlatformOptions, createPlatform } from './platform/create-platform';
export { type MemoryPlatformOptions, createMemoryPlatform } from './platform/memory-platform';
export { PlatformModule } from './platform/platform.module';
export { createPool } from './platform/pools';
export {
  type RunningService,
  type ServiceDefinition,
  type ServiceSurroundings,
  startService,
} from './service/start-service';
export { type ReadyMessage, runService } from './service/run-service';
