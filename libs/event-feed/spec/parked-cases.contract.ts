import { decodeEvent } from '@balagh/case-events';
import { type EventFeed, PermanentFault } from '../src';
import { A, B, collector, expected, revisions, seen, subscription, total } from './observed-effects';
import { happen, mixedTypes } from './case-story';
import { type BenchOptions, type FeedBench } from './feed-bench';

/** Cases whose messages cannot be handled: every feed keeps this, whatever carries the messages. */
export function parkedCasesContract(
  name: string,
  setUp: (options: BenchOptions) => Promise<FeedBench>,
  { replicas }: { readonly replicas: boolean },
): void {
  describe(`${name} keeps the contract of parked cases`, () => {
    let bench: FeedBench;
    const open: EventFeed[] = [];
    const replica = (limits?: Parameters<FeedBench['replica']>[0]): EventFeed => {
      const feed = bench.replica(limits);
      open.push(feed);
      return feed;
    };
    const begin = async (options: BenchOptions = {}): Promise<void> => {
      bench = await setUp(options);
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((feed) => feed.close()));
      await bench.close();
    });

    it('parks a case whose message can never be handled, on every topic, while other cases flow', async () => {
      await begin();
      const { effects, handle } = collector(async ({ subject, caserevision }) => {
        if (subject === A && caserevision === 1) throw new PermanentFault('CASE_UNREADABLE');
      });
      const feed = replica();
      const running = await feed.subscribe(subscription(handle));
      await happen(bench.store, A, 'CaseOpened', 'RequiredFieldsMissing');
      await bench.until(async () => (await running.parked()).length === 1);
      await happen(bench.store, A, 'RequiredFieldsMissing', 'FieldTeamSent', 'JurisdictionAssessed');
      await happen(bench.store, B, 'CaseOpened', 'FieldTeamSent', 'JurisdictionAssessed');
      await bench.until(() => revisions(effects, B).length >= 3);
      await bench.settle();
      expect(revisions(effects, A)).toEqual([0]);
      expect(await running.parked()).toEqual([
        {
          consumer: 'dispatch.specification',
          caseId: A,
          topic: 'case.intake',
          revision: 1,
          reason: 'CASE_UNREADABLE',
          parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        },
      ]);
    });

    it('redrives a parked case from the first failed revision, in the order of its stream', async () => {
      await begin();
      let broken = true;
      const { effects, handle } = collector(async ({ subject, caserevision }) => {
        if (broken && subject === A && caserevision === 1) throw new PermanentFault('CASE_UNREADABLE');
      });
      const running = await replica().subscribe(subscription(handle));
      await happen(bench.store, A, 'CaseOpened', 'RequiredFieldsMissing');
      await bench.until(async () => (await running.parked()).length === 1);
      await happen(
        bench.store,
        A,
        'FieldTeamSent',
        'RequiredFieldsMissing',
        'FormFilled',
        'JurisdictionAssessed',
      );
      await bench.settle();
      broken = false;
      await running.redrive(A);
      expect(revisions(effects, A)).toEqual([0, 1, 2, 3, 5]);
      expect(await running.parked()).toEqual([]);

      await happen(bench.store, A, 'FieldTeamSent');
      await bench.until(() => revisions(effects, A).length >= 6);
      await bench.settle();
      expect(revisions(effects, A)).toEqual([0, 1, 2, 3, 5, 6]);
    });

    it('loses nothing that is published while a case is redriven', async () => {
      await begin();
      let broken = true;
      const { effects, handle } = collector(async ({ subject, caserevision }) => {
        if (broken && subject === A && caserevision === 0) throw new PermanentFault('CASE_UNREADABLE');
      });
      const running = await replica().subscribe(subscription(handle));
      await happen(bench.store, A, 'CaseOpened');
      await bench.until(async () => (await running.parked()).length === 1);
      broken = false;
      const types = mixedTypes(40, 3);
      const publishing = (async () => {
        for (const type of types) await happen(bench.store, A, type);
      })();
      await running.redrive(A);
      await publishing;
      const published = expected(new Map([[A, ['CaseOpened', ...types]]]));
      await bench.until(() => effects.length >= total(published));
      await bench.settle();
      expect(seen(effects, published.keys())).toEqual(published);
      expect(await running.parked()).toEqual([]);
    });

    it('leaves a case parked when its redrive fails again, and names the new fault', async () => {
      await begin();
      let reason = 'CASE_UNREADABLE';
      const { effects, handle } = collector(async ({ caserevision }) => {
        if (caserevision === (reason === 'CASE_UNREADABLE' ? 0 : 1)) throw new PermanentFault(reason);
      });
      const running = await replica().subscribe(subscription(handle));
      await happen(bench.store, A, 'CaseOpened');
      await bench.until(async () => (await running.parked()).length === 1);
      await happen(bench.store, A, 'FieldTeamSent');
      reason = 'TEAM_UNKNOWN';
      await expect(running.redrive(A)).rejects.toMatchObject({ code: 'TEAM_UNKNOWN' });
      expect(revisions(effects, A)).toEqual([0]);
      expect(await running.parked()).toMatchObject([
        { caseId: A, topic: 'case.dispatch', revision: 1, reason: 'TEAM_UNKNOWN' },
      ]);
    });

    it('parks a case with an event that no longer fits its schema', async () => {
      await begin();
      const { effects, handle } = collector();
      await happen(bench.store, A, 'CaseOpened');
      const good = await bench.store.readStream(`case-${A}`);
      if (good.kind === 'missing') throw new Error('the case is missing');
      const { metadata } = good.events[0] ?? { metadata: '{}' };
      const unreadable = {
        id: '00000000-0000-4000-8000-00000000bad1',
        type: 'FieldTeamSent',
        data: '{"teamId":7}',
        metadata,
      };
      const running = await replica().subscribe(subscription(handle));
      // Topics have no order between each other: what came later on another one would wait behind the park.
      await bench.until(() => effects.length === 1);
      await bench.store.append(`case-${A}`, 0, [unreadable]);
      await happen(bench.store, B, 'CaseOpened');
      await bench.until(async () => effects.length >= 2 && (await running.parked()).length > 0);
      await bench.settle();
      expect(revisions(effects, A)).toEqual([0]);
      // Over Kafka the relay cannot read it, and says so by a message that breaks the contract.
      const reason = bench.logged.includes('feed.relay.event_unpublishable')
        ? 'MESSAGE_INVALID'
        : 'InvalidStoredEvent';
      expect(await running.parked()).toMatchObject([
        { caseId: A, topic: 'case.dispatch', revision: 1, reason },
      ]);
      await expect(running.redrive(A)).rejects.toMatchObject({ code: 'InvalidStoredEvent' });
      expect(await running.parked()).toMatchObject([{ caseId: A, topic: 'case.dispatch', revision: 1 }]);
    });

    it('parks a case with an event that only a newer version knows, while other cases flow', async () => {
      await begin();
      const { effects, handle } = collector(async ({ subject }) => {
        const read = await bench.store.readStream(`case-${subject}`);
        if (read.kind === 'found') read.events.forEach((event) => decodeEvent(event));
      });
      await happen(bench.store, A, 'CaseOpened');
      const newer = { id: '00000000-0000-4000-8000-00000000bad2', type: 'CaseBlessed', data: '{}' };
      await bench.store.append(`case-${A}`, 0, [{ ...newer, metadata: '{}' }]);
      const running = await replica().subscribe(subscription(handle));
      await happen(bench.store, B, 'CaseOpened', 'FieldTeamSent');
      await bench.until(() => revisions(effects, B).length === 2);
      await bench.until(async () => (await running.parked()).length > 0);
      const parked = [{ caseId: A, topic: 'case.intake', revision: 0, reason: 'EVENT_NEWER' }];
      expect(await running.parked()).toMatchObject(parked);
      await expect(running.redrive(A)).rejects.toMatchObject({ code: 'EVENT_NEWER' });
      expect(await running.parked()).toMatchObject(parked);
      expect(revisions(effects, A)).toEqual([]);
    });

    if (!replicas) return;

    it('parks for every replica: whoever gets a later message of the case lets it wait', async () => {
      await begin();
      let broken = true;
      const { effects, handle } = collector(async ({ subject, caserevision }) => {
        if (broken && subject === A && caserevision === 0) throw new PermanentFault('CASE_UNREADABLE');
      });
      const first = await replica().subscribe(subscription(handle));
      const second = await replica().subscribe(subscription(handle));
      await happen(bench.store, A, 'CaseOpened');
      await bench.until(async () => (await second.parked()).length === 1);
      await first.stop();
      await happen(bench.store, A, 'FieldTeamSent');
      await happen(bench.store, B, 'CaseOpened');
      await bench.until(() => revisions(effects, B).length === 1);
      await bench.settle();
      expect(revisions(effects, A)).toEqual([]);
      broken = false;
      await second.redrive(A);
      expect(revisions(effects, A)).toEqual([0, 1]);
    });
  });
}
