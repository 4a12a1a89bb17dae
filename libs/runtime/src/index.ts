export * from './access/permissions';
export * from './access/principal';
export * from './errors/errors';
export * from './clock';
export * from './platform/platform';
