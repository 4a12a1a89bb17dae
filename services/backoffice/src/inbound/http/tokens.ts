/** Nest injection tokens of this service. */
export const BACKOFFICE_CONFIG = Symbol('backoffice.config');
export const IDENTITY_PROVIDER = Symbol('backoffice.identity-provider');
export const SESSION_COOKIES = Symbol('backoffice.session-cookies');
export const CASE_ROWS = Symbol('backoffice.case-rows');
export const SESSION_TABLE = Symbol('backoffice.session-table');
export const COMMANDS = Symbol('backoffice.commands');
