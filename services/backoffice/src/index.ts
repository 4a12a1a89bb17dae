export { BackofficeModule, type BackofficeParts } from './backoffice.module';
export { openParts, ownTables } from './backoffice.parts';
