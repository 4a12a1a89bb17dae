export { startSystem, type Endpoints, type RunningSystem, type SystemOptions } from './system';
export { startEmbeddedPostgres, freePort, type EmbeddedPostgres } from './postgres/embedded-postgres';
