export { startSystem, type Endpoints, type RunningSystem, type SystemOptions } from './system';
export { freePort } from './free-port';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './postgres/embedded-postgres';
