import { type Author, type EventDefinition } from './event-type';
import { type AccessEvent, accessEvents } from './catalogue/access.events';
import { type DispatchEvent, dispatchEvents } from './catalogue/dispatch.events';
import { type IntakeEvent, intakeEvents } from './catalogue/intake.events';
import {
  type MessageEvent,
  type NotificationEvent,
  messageEvents,
  notificationEvents,
} from './catalogue/notification.events';
import { type RoutingEvent, routingEvents } from './catalogue/routing.events';

/** Every event a case stream may hold. */
export type CaseEvent = IntakeEvent | RoutingEvent | DispatchEvent | NotificationEvent;
export type CaseEventType = CaseEvent['type'];

export const caseEventDefinitions = {
  ...intakeEvents,
  ...routingEvents,
  ...dispatchEvents,
  ...notificationEvents,
} as const;

const byType: ReadonlyMap<string, EventDefinition> = new Map(
  [
    ...Object.values(caseEventDefinitions),
    ...Object.values(messageEvents),
    ...Object.values(accessEvents),
  ].map((d) => [d.type, d as EventDefinition]),
);

/** The definition of an event type of case, message and access streams, or undefined. */
export function definitionOf(type: string): EventDefinition | undefined {
  return byType.get(type);
}

/** All event types that one service writes; the store client given to it refuses others (design §3.2). */
export function typesAuthoredBy(author: Author): readonly string[] {
  return [...byType.values()].filter((d) => d.author === author).map((d) => d.type);
}

export function allDefinitions(): readonly EventDefinition[] {
  return [...byType.values()];
}

export type { AccessEvent, DispatchEvent, IntakeEvent, MessageEvent, NotificationEvent, RoutingEvent };
