import { type ActionDefinition } from './action';
import { firstLineActions } from './first-line-actions';
import { solvingActions } from './solving-actions';

/** All actions, in the order in which a screen offers them. */
export const actionCatalogue: readonly ActionDefinition[] = [...firstLineActions, ...solvingActions];

export function definitionOfAction(action: string): ActionDefinition | undefined {
  return actionCatalogue.find((definition) => definition.action === action);
}
