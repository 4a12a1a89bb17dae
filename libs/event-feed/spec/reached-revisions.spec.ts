import { type PublishedEvent, type Topic } from '@balagh/case-events';
import { createMemoryEventStore } from '@balagh/event-store';
import { CaseDelivery } from '../src/delivery/case-delivery';
import { type Incoming } from '../src/delivery/incoming';
import { PermanentFault, type Reached, nothingFollows } from '../src/event-feed.port';
import { type FeedProgress } from '../src/progress/feed-progress.port';
import { createMemoryProgress } from '../src/progress/memory-progress.adapter';

const topics: readonly Topic[] = ['case.intake', 'case.routing'];
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function deliveryTo(handle: (revision: number) => Reached | typeof nothingFollows | void) {
  const called: number[] = [];
  const memory = createMemoryProgress('spec.projection');
  const asked = { states: 0, notes: 0 };
  const progress: FeedProgress = {
    ...memory,
    state: (caseId) => {
      asked.states += 1;
      return memory.state(caseId);
    },
    handled: (note) => {
      asked.notes += 1;
      return memory.handled(note);
    },
  };
  const delivery = new CaseDelivery({
    subscription: {
      consumer: 'spec.projection',
      topics,
      handle: async ({ caserevision }: PublishedEvent) => {
        called.push(caserevision);
        return handle(caserevision);
      },
    },
    progress,
    store: createMemoryEventStore(),
    log,
  });
  return { delivery, called, asked, progress };
}

const message = (topic: Topic, revision: number, caseId = 'case-a'): Incoming => ({
  topic,
  caseId,
  revision,
  content: { message: { caserevision: revision } as PublishedEvent },
});

describe('a projection that says how far it read', () => {
  it('is not called for messages up to there, on any topic, but for every later one', async () => {
    const { delivery, called } = deliveryTo((revision) => ({ upTo: revision + 3 }));
    for (const [topic, revision] of [
      ['case.intake', 0],
      ['case.routing', 2],
      ['case.intake', 3],
      ['case.intake', 4],
    ] as const)
      await delivery.deliver(message(topic, revision));
    expect(called).toEqual([0, 4]);
  });

  it('is called for every case, and again for what it did not reach', async () => {
    const { delivery, called } = deliveryTo((revision) => ({ upTo: revision }));
    await delivery.deliver(message('case.intake', 1));
    await delivery.deliver(message('case.intake', 1, 'case-b'));
    await delivery.deliver(message('case.routing', 2));
    expect(called).toEqual([1, 1, 2]);
  });

  it('has reached nothing when it failed, and a broken message is never taken for read', async () => {
    let fails = true;
    const { delivery, called } = deliveryTo((revision) => {
      if (fails) throw new Error('away');
      return { upTo: revision + 10 };
    });
    await expect(delivery.deliver(message('case.intake', 0))).rejects.toThrow('away');
    fails = false;
    await delivery.deliver(message('case.intake', 0));
    expect(called).toEqual([0, 0]);
    const broken: Incoming = { ...message('case.routing', 5), content: { problem: 'DATA_INVALID' } };
    expect(await delivery.deliver(broken)).toBe('parked');
  });

  it('that answers nothing is called for each message', async () => {
    const { delivery, called } = deliveryTo(() => undefined);
    for (const revision of [0, 1, 2]) await delivery.deliver(message('case.intake', revision));
    expect(called).toEqual([0, 1, 2]);
  });
});

describe('the progress store', () => {
  it('is asked once for a case while its messages are handled here, and keeps no notes of projections', async () => {
    const { delivery, asked } = deliveryTo((revision) => ({ upTo: revision }));
    for (const revision of [0, 1, 2]) await delivery.deliver(message('case.intake', revision));
    await delivery.deliver(message('case.routing', 3));
    expect(asked).toEqual({ states: 1, notes: 0 });
  });

  it('tells of every topic at once what was handled elsewhere', async () => {
    const { delivery, called, asked, progress } = deliveryTo(() => undefined);
    await progress.handled({ topic: 'case.routing', caseId: 'case-a', revision: 1 });
    await delivery.deliver(message('case.intake', 0));
    expect(await delivery.deliver(message('case.routing', 1))).toBe('known');
    await delivery.deliver(message('case.routing', 2));
    expect([called, asked.states]).toEqual([[0, 2], 1]);
  });

  it('hears nothing of messages from which nothing follows; the next one is handled all the same', async () => {
    const { delivery, called, asked, progress } = deliveryTo((revision) =>
      revision === 2 ? undefined : nothingFollows,
    );
    for (const revision of [0, 1, 2, 3]) await delivery.deliver(message('case.intake', revision));
    expect([called, asked.notes]).toEqual([[0, 1, 2, 3], 1]);
    expect([...(await progress.state('case-a')).handled]).toEqual([['case.intake', 2]]);
    // After a restart, what followed is known, and the others are looked at again.
    delivery.forget();
    for (const revision of [1, 2, 3]) await delivery.deliver(message('case.intake', revision));
    expect(called).toEqual([0, 1, 2, 3, 3]);
  });

  it('is told of every message of a reaction, and asked again once the cases may be somebody else’s', async () => {
    const { delivery, called, asked, progress } = deliveryTo(() => undefined);
    await delivery.deliver(message('case.intake', 0));
    await delivery.deliver(message('case.intake', 1));
    expect(asked).toEqual({ states: 1, notes: 2 });
    delivery.forget();
    await progress.handled({ topic: 'case.intake', caseId: 'case-a', revision: 2 });
    expect(await delivery.deliver(message('case.intake', 2))).toBe('known');
    expect([called, asked.states]).toEqual([[0, 1], 2]);
  });

  it('is asked again after five seconds, for a process that was stopped may have lost its cases meanwhile', async () => {
    const { delivery, asked } = deliveryTo(() => undefined);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    await delivery.deliver(message('case.intake', 0));
    clock.mockReturnValue(5_999);
    await delivery.deliver(message('case.intake', 1));
    expect(asked.states).toBe(1);
    clock.mockReturnValue(11_000);
    await delivery.deliver(message('case.intake', 2));
    expect(asked.states).toBe(2);
    clock.mockRestore();
  });

  it('is asked for a case that was parked, so that its messages wait', async () => {
    let poisoned = false;
    const { delivery } = deliveryTo(() => {
      if (poisoned) throw new PermanentFault('POISON');
    });
    await delivery.deliver(message('case.intake', 0));
    await delivery.deliver(message('case.routing', 1));
    poisoned = true;
    expect(await delivery.deliver(message('case.intake', 2))).toBe('parked');
    poisoned = false;
    expect(await delivery.deliver(message('case.routing', 3))).toBe('waiting');
  });
});
