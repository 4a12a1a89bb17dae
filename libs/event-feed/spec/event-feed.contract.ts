import { proves } from '@balagh/testing';
import { type EventFeed } from '../src';
import {
  A,
  B,
  type Effect,
  collector,
  interleaved,
  onTopic,
  revisions,
  seen,
  subscription,
  total,
} from './observed-effects';
import { caseNumber, happen, sequence } from './case-story';
import { type BenchOptions, type FeedBench } from './feed-bench';

/** Order, effects, restarts and replicas: every feed keeps this, whatever carries the messages. */
export function eventFeedContract(
  name: string,
  setUp: (options: BenchOptions) => Promise<FeedBench>,
  { replicas }: { readonly replicas: boolean },
): void {
  describe(`${name} keeps the event feed contract`, () => {
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

    it('keeps the order of each case and topic while topics overtake each other', async () => {
      await begin();
      const next = sequence(7);
      const { effects, handle } = collector();
      await replica({ pick: (topics) => next(topics.length) }).subscribe(subscription(handle));
      const published = await interleaved(bench, 12, 16);
      await bench.until(() => effects.length >= total(published));
      expect(seen(effects, published.keys())).toEqual(published);
    });

    it('handles one message of a case at a time, and several cases at once', async () => {
      await begin();
      const busy = new Map<string, number>();
      let together = 0;
      let mostOfOneCase = 0;
      const { effects, handle } = collector(async ({ subject }) => {
        busy.set(subject, (busy.get(subject) ?? 0) + 1);
        mostOfOneCase = Math.max(mostOfOneCase, busy.get(subject) ?? 0);
        together = Math.max(together, [...busy.values()].filter((n) => n > 0).length);
        await new Promise((resolve) => setTimeout(resolve, 2));
        busy.set(subject, (busy.get(subject) ?? 0) - 1);
      });
      const published = await interleaved(bench, 8, 8);
      await replica({ concurrency: 4 }).subscribe(subscription(handle));
      await bench.until(() => effects.length >= total(published));
      expect(mostOfOneCase).toBe(1);
      expect(together).toBeLessThanOrEqual(4);
      if (replicas) expect(together).toBeGreaterThan(1);
    });

    it('has one effect of an event that is delivered three times', async () => {
      proves('SYS-08');
      await begin({ times: 3 });
      // The first attempt at one of the messages fails: what had no effect yet is delivered again.
      const { effects, handle } = collector(async ({ subject, caserevision }, { attempt }) => {
        if (subject === A && caserevision === 0 && attempt === 1) throw new Error('the database is away');
      });
      await replica().subscribe(subscription(handle));
      const published = await interleaved(bench, 6, 8);
      await bench.until(() => effects.length >= total(published));
      await bench.settle();
      expect(seen(effects, published.keys())).toEqual(published);
    });

    it('calls the handler for the wanted types only', async () => {
      await begin();
      const { effects, handle } = collector();
      await replica().subscribe(subscription(handle, { types: ['FieldTeamSent', 'CaseOpened'] }));
      await happen(
        bench.store,
        A,
        'CaseOpened',
        'RequiredFieldsMissing',
        'JurisdictionAssessed',
        'FieldTeamSent',
      );
      await bench.until(() => effects.length >= 2);
      await bench.settle();
      expect(revisions(effects, A).sort()).toEqual([0, 3]);
    });

    it('hands on everything, in order, also to a consumer whose messages may wait for others', async () => {
      await begin();
      const { effects, handle } = collector();
      await replica().subscribe(subscription(handle, { gatherMs: 40 }));
      const published = await interleaved(bench, 6, 8);
      await bench.until(() => effects.length >= total(published));
      await bench.settle();
      expect(seen(effects, published.keys())).toEqual(published);
    });

    it('refuses a subscription to a type that its topics never carry', async () => {
      await begin();
      const { handle } = collector();
      const wrong = subscription(handle, { topics: ['case.intake'], types: ['FieldTeamSent'] });
      await expect(replica().subscribe(wrong)).rejects.toThrow('FieldTeamSent');
    });

    it('gives every message to each consumer', async () => {
      await begin();
      const one = collector();
      const other = collector();
      const feed = replica();
      await feed.subscribe(subscription(one.handle, { consumer: 'dispatch.one' }));
      await feed.subscribe(
        subscription(other.handle, { consumer: 'dispatch.other', topics: ['case.dispatch'] }),
      );
      await happen(bench.store, A, 'CaseOpened', 'FieldTeamSent', 'FieldTeamSent');
      await bench.until(() => one.effects.length >= 3 && other.effects.length >= 2);
      expect(revisions(other.effects, A)).toEqual([1, 2]);
    });

    it('goes on after a restart where it stopped', async () => {
      await begin();
      const first = collector(async () => new Promise((resolve) => setTimeout(resolve, 1)));
      const feed = replica();
      const before = await feed.subscribe(subscription(first.handle));
      const published = await interleaved(bench, 6, 10);
      await bench.until(() => first.effects.length >= 12);
      await before.stop();
      const handledBefore = first.effects.length;
      await happen(bench.store, caseNumber(99), 'CaseOpened');

      const second = collector();
      const after = replica();
      await after.subscribe(subscription(second.handle));
      await bench.until(() => second.effects.length + handledBefore >= total(published) + 1);
      const all = [...first.effects, ...second.effects];
      expect(first.effects).toHaveLength(handledBefore);
      expect(seen(all, published.keys())).toEqual(published);
      expect(revisions(second.effects, caseNumber(99))).toEqual([0]);
    });

    it('delivers again what had no effect yet when the consumer stopped', async () => {
      await begin();
      const attempts: number[] = [];
      const failing = await replica().subscribe(
        subscription(async (_, { attempt }) => {
          attempts.push(attempt);
          throw new Error('the database is away');
        }),
      );
      await happen(bench.store, A, 'CaseOpened', 'FieldTeamSent');
      await bench.until(() => attempts.length >= 2);
      await failing.stop();
      const { effects, handle } = collector();
      await replica().subscribe(subscription(handle));
      await bench.until(() => effects.length >= 2);
      expect(onTopic(effects, A, 'case.intake')).toEqual([0]);
      expect(onTopic(effects, A, 'case.dispatch')).toEqual([1]);
    });

    it('pauses at a retriable fault, then goes on with nothing skipped and nothing parked', async () => {
      await begin();
      const attempts: number[] = [];
      const { effects, handle } = collector(async ({ subject, caserevision }, { attempt }) => {
        if (subject !== A || caserevision !== 2) return;
        attempts.push(attempt);
        if (attempt < 3) throw new Error('the database is away');
      });
      const running = await replica().subscribe(subscription(handle, { topics: ['case.dispatch'] }));
      await happen(bench.store, A, 'CaseOpened', 'FieldTeamSent', 'FieldTeamSent', 'FieldTeamSent');
      await bench.until(() => attempts.length >= 1);
      await happen(bench.store, B, 'FieldTeamSent');
      await bench.until(() => effects.length >= 4);
      expect(revisions(effects, A)).toEqual([1, 2, 3]);
      expect(revisions(effects, B)).toEqual([0]);
      expect(attempts).toEqual([1, 2, 3]);
      expect(await running.parked()).toEqual([]);
    });

    it('stops promptly: the running handler ends, no other begins', async () => {
      await begin();
      let begun = 0;
      const running = await replica({ concurrency: 2 }).subscribe(
        subscription(async () => {
          begun += 1;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }),
      );
      await interleaved(bench, 4, 4);
      if (replicas) await bench.until(() => begun > 0);
      const asked = performance.now();
      await running.stop();
      expect(performance.now() - asked).toBeLessThan(3_000);
      const begunAtStop = begun;
      await bench.settle();
      expect(begun).toBe(begunAtStop);
    });

    it('tells how many messages wait', async () => {
      await begin();
      const { effects, handle } = collector();
      await happen(bench.store, A, 'CaseOpened', 'FieldTeamSent', 'FieldTeamSent');
      const running = await replica().subscribe(
        subscription(handle, { topics: ['case.intake', 'case.dispatch'] }),
      );
      await bench.until(() => effects.length >= 3);
      await bench.until(async () => (await running.lag()) === 0);
    });

    if (!replicas) return;

    it('raises the alarm while it is paused, and starts nothing else meanwhile', async () => {
      await begin();
      let away = true;
      const { effects, handle } = collector(async ({ subject }) => {
        if (away && subject === A) throw new Error('the database is away');
      });
      await replica().subscribe(subscription(handle));
      await happen(bench.store, A, 'CaseOpened');
      await bench.until(() => bench.logged.includes('feed.consumer.paused'));
      await happen(bench.store, B, 'CaseOpened', 'FieldTeamSent');
      await bench.settle();
      expect(effects).toEqual([]);
      away = false;
      await bench.until(() => effects.length >= 3);
      expect(bench.logged).toContain('feed.consumer.resumed');
    });

    it('shares the work of two replicas without a second effect, and one takes over from the other', async () => {
      await begin();
      const one = collector();
      const other = collector();
      const first = await replica().subscribe(subscription(one.handle));
      await replica().subscribe(subscription(other.handle));
      const all = (): Effect[] => [...one.effects, ...other.effects];
      const published = await interleaved(bench, 10, 8);
      await bench.until(() => all().length >= total(published));
      await first.stop();
      const later = await interleaved(bench, 10, 4, 50);
      await bench.until(() => all().length >= total(published) + total(later));
      await bench.settle();
      expect(seen(all(), published.keys())).toEqual(published);
      expect(seen(other.effects, later.keys())).toEqual(later);
    });
  });
}
