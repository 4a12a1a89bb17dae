import { definitionOf } from './catalogue';

/** The phase every decider respects: a cancelled case is never routed (design §3.1). */
export type LifecyclePhase = 'absent' | 'open' | 'registered' | 'terminal';

export interface Lifecycle {
  readonly phase: LifecyclePhase;
  /** Counts the events that advance it; people's commands carry the one they saw (design §3.4). */
  readonly decisionVersion: number;
}

export const initialLifecycle: Lifecycle = { phase: 'absent', decisionVersion: 0 };

export function evolveLifecycle(state: Lifecycle, event: { readonly type: string }): Lifecycle {
  const definition = definitionOf(event.type);
  if (definition === undefined) return state;
  return {
    phase: phaseAfter(state.phase, definition.lifecycle),
    decisionVersion: state.decisionVersion + (definition.advances ? 1 : 0),
  };
}

/** How many of the events advance the decision version: the version of a case that has these. */
export function decisionVersionOf(events: readonly { readonly type: string }[]): number {
  let version = initialLifecycle.decisionVersion;
  for (const { type } of events) if (definitionOf(type)?.advances === true) version += 1;
  return version;
}

function phaseAfter(phase: LifecyclePhase, effect: string): LifecyclePhase {
  switch (effect) {
    case 'opens':
      return 'open';
    case 'registers':
    case 'reopens':
      return 'registered';
    case 'ends':
      return 'terminal';
    default:
      return phase;
  }
}
