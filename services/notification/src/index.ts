export { NotificationModule, type NotificationParts } from './notification.module';
export { openParts, ownTables } from './notification.parts';
