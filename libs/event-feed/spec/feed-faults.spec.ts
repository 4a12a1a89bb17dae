import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PublishedEvent } from '@balagh/case-events';
import { createMemoryEventStore } from '@balagh/event-store';
import { eventually } from '@balagh/testing';
import { type FeedFaultSettings, feedFaultsOf } from '../src';
import { CaseConsumer } from '../src/delivery/case-consumer';
import { createMemoryProgress } from '../src/progress/memory-progress.adapter';
import { caseNumber } from './case-story';
import { recordingLog } from './feed-bench';

const A = caseNumber(1);
const B = caseNumber(2);
const topic = 'case.intake';
const message = (caseId: string, revision: number): PublishedEvent =>
  ({ subject: caseId, caserevision: revision }) as PublishedEvent;

describe('faults of the feed that a drill asks for', () => {
  let directory: string;
  let file: string;
  let written = 0;
  const ask = (settings: FeedFaultSettings): void => {
    writeFileSync(file, JSON.stringify(settings));
    // File systems with coarse times must not hide a change.
    utimesSync(file, 1_000 + (written += 1), 1_000 + written);
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'balagh-feed-faults-'));
    file = join(directory, 'faults.json');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function consumerOf(handled: string[]) {
    const { log, logged } = recordingLog();
    const subscription = {
      consumer: 'routing.specification',
      topics: [topic] as const,
      handle: async ({ subject, caserevision }: PublishedEvent) =>
        void handled.push(`${subject} ${caserevision}`),
    };
    const progress = createMemoryProgress('routing.specification');
    const parts = { subscription, progress, store: createMemoryEventStore(), log };
    const consumer = new CaseConsumer(parts, { faults: feedFaultsOf(file, { random: () => 0 }) });
    let finished = 0;
    const offer = (caseId: string, revision: number): void =>
      consumer.offer(
        { topic, caseId, revision, content: { message: message(caseId, revision) } },
        () => (finished += 1),
      );
    return { consumer, offer, logged, finished: () => finished };
  }

  it('are none without the file, and none when it cannot be read', async () => {
    const faults = feedFaultsOf(file, { random: () => 0 });
    expect([faults.repeatAfterMs(), faults.pick(['a', 'b'])]).toEqual([undefined, undefined]);
    writeFileSync(file, '{ half');
    expect([faults.repeatAfterMs(), faults.pick(['a', 'b'])]).toEqual([undefined, undefined]);
  });

  it('are turned on and off while everything runs', () => {
    const { log, logged } = recordingLog();
    const faults = feedFaultsOf(file, { random: () => 0.4, log });
    ask({ duplicates: 0.5, shuffled: true });
    expect(faults.repeatAfterMs()).toBe(401);
    expect(faults.pick(['a', 'b', 'c'])).toBe(1);
    expect(logged).toEqual(['feed.fault.injected', 'feed.fault.injected']);
    ask({});
    expect([faults.repeatAfterMs(), faults.pick(['a', 'b'])]).toEqual([undefined, undefined]);
    expect(logged).toHaveLength(2);
  });

  it('a message that comes twice, also after newer ones, is handled once', async () => {
    ask({ duplicates: 1, delayMs: 0 });
    const handled: string[] = [];
    const { consumer, offer, finished } = consumerOf(handled);
    for (const revision of [0, 1, 2]) offer(A, revision);
    await eventually(() => finished() === 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await consumer.stop();
    expect(handled).toEqual([`${A} 0`, `${A} 1`, `${A} 2`]);
  });

  it('a poisoned case is parked with an alarm while others flow', async () => {
    ask({ poisoned: [{ consumer: 'routing.specification', caseId: A }] });
    const handled: string[] = [];
    const { consumer, offer, finished, logged } = consumerOf(handled);
    for (const caseId of [A, B, A, B]) offer(caseId, handled.length);
    await eventually(() => finished() === 4);
    expect((await consumer.parked()).map(({ caseId, reason }) => [caseId, reason])).toEqual([
      [A, 'POISONED_BY_DRILL'],
    ]);
    expect(handled.every((one) => one.startsWith(B))).toBe(true);
    expect(logged).toContain('feed.case.parked');
    await consumer.stop();
  });
});
