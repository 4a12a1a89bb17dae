import { type Stage } from '@balagh/case-events';
import { type ActionDefinition, type Situation } from './action';

type Condition = (situation: Situation) => boolean;

const in_ =
  (...stages: readonly Stage[]): Condition =>
  ({ view }) =>
    view.phase === 'registered' && stages.includes(view.stage);

export const withSecondLine = in_('WITH_SECOND_LINE');
export const beingSolved = in_('WITH_THIRD_LINE', 'TRANSFERRED_EXTERNALLY', 'CONFRONTATION');
export const withThirdLine = in_('WITH_THIRD_LINE', 'CONFRONTATION');
export const atOwner = in_('WITH_THIRD_LINE');
export const answered = in_('REPLY_RETURNED', 'SETTLED', 'WITH_PROSECUTION');
export const informed = in_('REPORTER_INFORMED');

/** An act that dispatch decides. */
export const dispatch = (
  action: string,
  method: string,
  permission: string,
  offered: ActionDefinition['offered'],
  fields: ActionDefinition['fields'],
  primary?: ActionDefinition['primary'],
): ActionDefinition => ({
  action,
  service: 'dispatch',
  method,
  permission,
  offered,
  fields,
  ...(primary ? { primary } : {}),
});
