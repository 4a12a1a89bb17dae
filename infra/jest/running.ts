import { type EmbeddedPostgres } from '../local/src/postgres/embedded-postgres';

/** What the set-up started, for the tear-down. */
export const running: { postgres?: EmbeddedPostgres; directory?: string } = {};
