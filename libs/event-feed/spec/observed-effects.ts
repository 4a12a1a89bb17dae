import { type PublishedEvent, type Topic } from '@balagh/case-events';
import { type Delivery, type Subscription } from '../src';
import { caseNumber, happen, mixedTypes, topicOf } from './case-story';
import { type FeedBench } from './feed-bench';

export const everyTopic: readonly Topic[] = ['case.intake', 'case.routing', 'case.dispatch'];
export const A = caseNumber(1);
export const B = caseNumber(2);

/** What a handler saw, in the order in which it began. */
export interface Effect {
  readonly caseId: string;
  readonly topic: Topic;
  readonly revision: number;
}

export type Handler = (message: PublishedEvent, delivery: Delivery) => Promise<void>;

export function collector(before: Handler = async () => undefined): {
  readonly effects: Effect[];
  readonly handle: Handler;
} {
  const effects: Effect[] = [];
  return {
    effects,
    handle: async (message, delivery) => {
      await before(message, delivery);
      effects.push({ caseId: message.subject, topic: delivery.topic, revision: message.caserevision });
    },
  };
}

export const subscription = (handle: Handler, more: Partial<Subscription> = {}): Subscription => ({
  consumer: 'dispatch.specification',
  topics: everyTopic,
  handle,
  ...more,
});
export const revisions = (effects: readonly Effect[], caseId: string): number[] =>
  effects.filter((e) => e.caseId === caseId).map((e) => e.revision);
export const onTopic = (effects: readonly Effect[], caseId: string, topic: Topic): number[] =>
  revisions(
    effects.filter((e) => e.topic === topic),
    caseId,
  );

/** The published revisions of mixed histories, per case and topic. */
export function expected(
  histories: ReadonlyMap<string, ReturnType<typeof mixedTypes>>,
): Map<string, number[]> {
  const result = new Map<string, number[]>();
  for (const [caseId, types] of histories) {
    for (const topic of everyTopic) {
      result.set(
        `${caseId} ${topic}`,
        types.flatMap((type, revision) => (topicOf(type) === topic ? [revision] : [])),
      );
    }
  }
  return result;
}

export const seen = (effects: readonly Effect[], keys: Iterable<string>): Map<string, number[]> =>
  new Map(
    [...keys].map((key) => [key, onTopic(effects, key.split(' ')[0] ?? '', key.split(' ')[1] as Topic)]),
  );

/** Cases that happen all at once, an event at a time. */
export async function interleaved(
  bench: FeedBench,
  cases: number,
  events: number,
  firstCase = 1,
): Promise<Map<string, number[]>> {
  const histories = new Map(
    Array.from({ length: cases }, (_, i) => [caseNumber(firstCase + i), mixedTypes(events, i + 1)]),
  );
  for (let n = 0; n < events; n += 1) {
    await Promise.all(
      [...histories].map(([caseId, types]) => happen(bench.store, caseId, types[n] ?? 'FormFilled')),
    );
  }
  return expected(histories);
}

export const total = (expectation: Map<string, number[]>): number => [...expectation.values()].flat().length;
