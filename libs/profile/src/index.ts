export * from './profile.schema';
export * from './rules';
export * from './facts';
export * from './parties';
export * from './placeholders';
export * from './profiles.port';
export * from './profile.errors';
export * from './parse-profile';
export * from './static-profiles.adapter';
export * from './working-time';
export {
  type ProfilePublished,
  type Publisher,
  StoredProfileInvalid,
  decodeProfilePublished,
  draftProfilePublished,
} from './profile-published.events';
export * from './publish-profile';
export * from './store-profiles.adapter';
