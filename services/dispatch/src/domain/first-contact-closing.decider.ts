import { accept } from '@balagh/decider';
import { deciding } from './dispatch-case';

/** Reaction to a terminal event of intake or routing. */
export interface CloseEndedCase {
  readonly type: 'CloseEndedCase';
  /** RFC 3339, now. */
  readonly at: string;
}

/** Only dispatch writes CaseClosed: what line 1 or a rule ended is closed here, in the name of who ended it (AMB-13). */
export const firstContactClosingDecider = deciding<CloseEndedCase>(({ at }, { ending, closing }) => {
  if (ending === undefined || closing !== undefined) return accept();
  return accept({ type: 'CaseClosed', data: { outcome: ending.outcome, closedAt: at } });
});
