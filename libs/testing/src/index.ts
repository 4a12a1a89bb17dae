export * from './proves';
export * from './eventually';
export * from './profile-fixture';
export * from './test-database';
