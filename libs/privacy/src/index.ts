export * from './sealed';
export * from './privacy.port';
export * from './privacy.errors';
export * from './memory-privacy.adapter';
export * from './digits';
export * from './phone';
