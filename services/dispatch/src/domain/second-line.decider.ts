import { accept } from '@balagh/decider';
import { deciding } from './dispatch-case';

/** Reaction to CaseRouted, or to a correction of a case that never reached the queue. */
export interface SendToSecondLine {
  readonly type: 'SendToSecondLine';
}

/** A routed case enters the distributor's queue, once (MUS-10). A case that ended meanwhile does not (design §3.1). */
export const secondLineDecider = deciding<SendToSecondLine>((_, { phase, place, proposed }) => {
  if (phase !== 'registered' || place !== 'NOWHERE' || proposed === undefined) return accept();
  return accept({
    type: 'CaseSentToSecondLine',
    data: { queue: proposed.queue, proposedOwner: proposed.owner },
  });
});
