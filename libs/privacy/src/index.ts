export * from './sealed';
export * from './privacy.port';
export * from './privacy.errors';
