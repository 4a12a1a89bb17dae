import { type Topic } from '@balagh/case-events';
import { type Position, START } from '@balagh/event-store';
import { type ParkedCase } from '../event-feed.port';
import { type Failure, type FeedProgress } from './feed-progress.port';

interface Park {
  case: ParkedCase;
  waiting: number;
  claimant?: string | undefined;
}

/** Progress of the memory feed; the same rules as in PostgreSQL, forgotten with the process. */
export function createMemoryProgress(consumer: string): FeedProgress {
  const handled = new Map<string, Map<Topic, number>>();
  const parks = new Map<string, Park>();
  const marks = new Set<string>();
  let checkpoint: Position = START;
  const park = async ({ topic, caseId, revision, reason }: Failure): Promise<void> => {
    const known = parks.get(caseId);
    if (known !== undefined) known.waiting = Math.max(known.waiting, revision);
    else
      parks.set(caseId, {
        case: { consumer, caseId, topic, revision, reason, parkedAt: new Date().toISOString() },
        waiting: revision,
      });
  };
  const revisions = (caseId: string): Map<Topic, number> => handled.get(caseId) ?? new Map<Topic, number>();

  return {
    consumer,
    state: async (caseId) => ({ handled: new Map(revisions(caseId)), parked: parks.has(caseId) }),
    handled: async ({ topic, caseId, revision }) => {
      const known = revisions(caseId);
      handled.set(caseId, known.set(topic, Math.max(revision, known.get(topic) ?? -1)));
    },
    park,
    parkOnce: async (failure, mark) => {
      if (marks.has(mark)) return false;
      marks.add(mark);
      await park(failure);
      return true;
    },
    wait: async (caseId, revision) => {
      const park = parks.get(caseId);
      if (park !== undefined) park.waiting = Math.max(park.waiting, revision);
      return park !== undefined;
    },
    parked: async () => [...parks.values()].map((park) => park.case),
    claimRedrive: async (caseId, claimant) => {
      const park = parks.get(caseId);
      if (park === undefined) return 'not-parked';
      if (park.claimant !== undefined && park.claimant !== claimant) return 'taken';
      park.claimant = claimant;
      return 'claimed';
    },
    releaseRedrive: async (caseId, failure) => {
      const park = parks.get(caseId);
      if (park === undefined) return;
      park.claimant = undefined;
      if (failure !== undefined) park.case = { ...park.case, ...failure, parkedAt: new Date().toISOString() };
    },
    unpark: async (caseId, handledUpTo) => {
      const park = parks.get(caseId);
      return park === undefined || (park.waiting <= handledUpTo && parks.delete(caseId));
    },
    checkpoint: async () => checkpoint,
    saveCheckpoint: async (position) => {
      if (position > checkpoint) checkpoint = position;
    },
  };
}
