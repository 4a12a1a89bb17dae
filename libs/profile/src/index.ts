export * from './profile.schema';
export * from './rules';
export * from './profiles.port';
export * from './profile.errors';
export * from './parse-profile';
export * from './static-profiles.adapter';
