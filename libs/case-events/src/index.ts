export * from './ids';
export * from './named-uuid';
export * from './metadata';
export * from './event-type';
export * from './vocabulary';
export * from './catalogue';
export { accessEvents } from './catalogue/access.events';
export { formSchema, intakeEvents, type IntakeForm } from './catalogue/intake.events';
export { routingEvents } from './catalogue/routing.events';
export { closureOutcomeSchema, dispatchEvents, type ClosureOutcome } from './catalogue/dispatch.events';
export {
  messageEvents,
  notificationEvents,
  recipientSchema,
  type Recipient,
} from './catalogue/notification.events';
export * from './lifecycle';
export { type LinePair, breaksLineSeparation, linePairs, linesHeldBy } from './lines';
export * from './stored-event';
export * from './upcasters';
export * from './published/published-event';
export { publishedFields } from './published/published-fields';
export * from './case-view';
