import { type z } from 'zod';

/** The service that alone may write an event type (design §3.2). */
export type Author = 'intake' | 'routing' | 'dispatch' | 'notification' | 'profile' | 'access';

/** What an event does to the shared lifecycle phase that every decider folds. */
export type LifecycleEffect = 'opens' | 'registers' | 'ends' | 'reopens' | 'none';

export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type;
  /** Current version of the data shape, from 1. Older versions are upcast when read. */
  readonly version: number;
  readonly author: Author;
  /** Whether it advances the case's decision version (design §3.4): deliveries, reminders and views do not. */
  readonly advances: boolean;
  readonly lifecycle: LifecycleEffect;
  readonly data: Schema;
  /** One sentence: what it means that this happened, with the requirement ids. */
  readonly meaning: string;
}

export function defineEvent<Type extends string, Schema extends z.ZodType>(
  definition: Omit<EventDefinition<Type, Schema>, 'version' | 'advances' | 'lifecycle'> &
    Partial<Pick<EventDefinition, 'version' | 'advances' | 'lifecycle'>>,
): EventDefinition<Type, Schema> {
  return { version: 1, advances: true, lifecycle: 'none', ...definition };
}

/** A domain event of the given definition: what deciders accept and fold. */
export type EventOf<D> =
  D extends EventDefinition<infer Type, infer Schema>
    ? { readonly type: Type; readonly data: z.infer<Schema> }
    : never;

/** The union of events of a group of definitions. */
export type EventsOf<Group extends Record<string, EventDefinition>> = {
  [K in keyof Group]: EventOf<Group[K]>;
}[keyof Group];
