import { type ActionDefinition } from './action';
import { firstLineActions } from './first-line-actions';
import { secondLineActions } from './second-line-actions';
import { thirdLineActions } from './third-line-actions';

/** All actions, in the order in which a screen offers them. */
export const actionCatalogue: readonly ActionDefinition[] = [
  ...firstLineActions,
  ...secondLineActions,
  ...thirdLineActions,
];

export function definitionOfAction(action: string): ActionDefinition | undefined {
  return actionCatalogue.find((definition) => definition.action === action);
}
