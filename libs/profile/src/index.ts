export * from './profile.schema';
export * from './rules';
export * from './profiles.port';
