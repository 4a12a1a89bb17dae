import { type FeedProgress } from '../src/progress/feed-progress.port';
import { caseNumber } from './case-story';

const A = caseNumber(1);
const B = caseNumber(2);
const failure = { topic: 'case.intake', caseId: A, revision: 4, reason: 'CASE_UNREADABLE' } as const;

/** What a consumer remembers; both adapters keep this. `open` answers with nothing remembered. */
export function feedProgressContract(name: string, open: () => Promise<FeedProgress>): void {
  describe(`${name} keeps the contract of a consumer’s progress`, () => {
    let progress: FeedProgress;
    beforeEach(async () => {
      progress = await open();
    });

    it('remembers the highest revision per case and topic, and never goes back', async () => {
      await Promise.all(
        [3, 5, 4].map((revision) => progress.handled({ topic: 'case.intake', caseId: A, revision })),
      );
      await progress.handled({ topic: 'case.routing', caseId: A, revision: 1 });
      await progress.handled({ topic: 'case.routing', caseId: A, revision: 0 });
      const [ofA, ofB] = await Promise.all([progress.state(A), progress.state(B)]);
      expect([...ofA.handled].sort()).toEqual([
        ['case.intake', 5],
        ['case.routing', 1],
      ]);
      expect([ofA.parked, ofB]).toEqual([false, { handled: new Map(), parked: false }]);
    });

    it('answers look-ups made together each with its own case', async () => {
      await progress.handled({ topic: 'case.intake', caseId: B, revision: 2 });
      await progress.park(failure);
      const states = await Promise.all([A, B, A].map((caseId) => progress.state(caseId)));
      expect(states).toEqual([
        { handled: new Map(), parked: true },
        { handled: new Map([['case.intake', 2]]), parked: false },
        { handled: new Map(), parked: true },
      ]);
    });

    it('keeps the first failure of a parked case', async () => {
      await progress.park(failure);
      await progress.park({ ...failure, topic: 'case.routing', revision: 9, reason: 'ANOTHER' });
      expect(await progress.parked()).toMatchObject([failure]);
    });

    it('parks once for the same broken message, also after a redrive, and again for another one', async () => {
      expect(await progress.parkOnce(failure, 'case.intake/0/5 digest')).toBe(true);
      expect(await progress.parkOnce(failure, 'case.intake/0/5 digest')).toBe(false);
      await progress.unpark(A, 4);
      expect(await progress.parkOnce(failure, 'case.intake/0/5 digest')).toBe(false);
      expect(await progress.parked()).toEqual([]);
      expect(await progress.parkOnce(failure, 'case.intake/0/6 digest')).toBe(true);
      expect(await progress.parked()).toMatchObject([failure]);
    });

    it('keeps the first failure of a case that a broken message finds parked, and lets it wait', async () => {
      await progress.park(failure);
      expect(await progress.parkOnce({ ...failure, revision: 9, reason: 'MESSAGE_INVALID' }, 'mark')).toBe(
        true,
      );
      expect(await progress.parked()).toMatchObject([failure]);
      expect(await progress.unpark(A, 4)).toBe(false);
    });

    it('does not clear a park while a message waits that the redrive did not see', async () => {
      await progress.park(failure);
      expect(await progress.wait(A, 7)).toBe(true);
      expect(await progress.wait(A, 6)).toBe(true);
      expect(await progress.unpark(A, 6)).toBe(false);
      expect((await progress.state(A)).parked).toBe(true);
      expect(await progress.unpark(A, 7)).toBe(true);
      expect((await progress.state(A)).parked).toBe(false);
    });

    it('sends a message to its handler when the park was cleared before the message could wait', async () => {
      await progress.park(failure);
      await progress.unpark(A, 4);
      expect(await progress.wait(A, 5)).toBe(false);
    });

    it('lets one redrive of a case run at a time, and another after it failed', async () => {
      expect(await progress.claimRedrive(A, 'one')).toBe('not-parked');
      await progress.park(failure);
      expect(await progress.claimRedrive(A, 'one')).toBe('claimed');
      expect(await progress.claimRedrive(A, 'other')).toBe('taken');
      expect(await progress.claimRedrive(A, 'one')).toBe('claimed');
      const again = { topic: 'case.dispatch', caseId: A, revision: 8, reason: 'TEAM_UNKNOWN' } as const;
      await progress.releaseRedrive(A, again);
      expect(await progress.parked()).toMatchObject([again]);
      expect(await progress.claimRedrive(A, 'other')).toBe('claimed');
    });

    it('never moves the checkpoint back', async () => {
      expect(await progress.checkpoint()).toBe('');
      await progress.saveCheckpoint('0000000000000010');
      await progress.saveCheckpoint('0000000000000009');
      expect(await progress.checkpoint()).toBe('0000000000000010');
    });
  });
}
