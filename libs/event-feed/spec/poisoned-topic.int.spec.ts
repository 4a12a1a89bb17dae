import { createHash } from 'node:crypto';
import { createMemoryEventStore } from '@balagh/event-store';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { migrateFeed } from '../src';
import { CaseConsumer } from '../src/delivery/case-consumer';
import { fromTopic } from '../src/delivery/incoming';
import { createPostgresProgress } from '../src/progress/postgres-progress.adapter';
import { caseNumber } from './case-story';
import { recordingLog } from './feed-bench';
import { collector } from './observed-effects';

const [good, poisoned] = [1, 2].map(caseNumber);
const envelope = (subject: string | undefined, more: object = {}): string =>
  JSON.stringify({
    specversion: '1.0',
    id: caseNumber(7),
    source: '/balagh/intake',
    type: 'balagh.case.v1.CaseOpened',
    subject,
    time: '2026-01-04T06:00:00.000Z',
    datacontenttype: 'application/json',
    caserevision: 0,
    tenant: 'MUS',
    correlationid: 'contact-1',
    causationid: 'command-1',
    data: {},
    ...more,
  });
/** Does not get smaller in an index, as repeated characters would. */
const longKey = Array.from({ length: 64 }, (_, n) =>
  createHash('sha512').update(String(n)).digest('base64'),
).join('');
const place = 'case.intake/0/1';

describe('a consumer whose topic holds what no table can take', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await migrateFeed(database.pool);
  });
  afterAll(() => database.close());

  it.each([
    ['revision-in-a-broken-message', poisoned, '{"caserevision":3000000000}', poisoned],
    ['revision-in-a-message', poisoned, envelope(poisoned, { caserevision: 3e9 }), poisoned],
    ['key-with-a-null', 'a\u0000b', '{}', place],
    ['key-of-4-kB', longKey, '{}', place],
  ])('parks it and hands on the other cases: %s', async (consumer, key, value, parkedAs) => {
    const { log, logged } = recordingLog();
    const { effects, handle } = collector();
    const progress = createPostgresProgress(database.pool, consumer);
    const subscription = { consumer, topics: ['case.intake'], handle } as const;
    const running = new CaseConsumer({ subscription, progress, store: createMemoryEventStore(), log });
    let finished = 0;
    const raws = [
      { key, value, place },
      { key: good, value: envelope(good), place: 'case.intake/0/2' },
    ];
    for (const raw of raws) {
      const incoming = fromTopic({ topic: 'case.intake', ...raw }, undefined);
      if (incoming !== undefined) running.offer(incoming, () => (finished += 1));
    }
    await eventually(() => finished === 2);
    expect(effects.map(({ caseId }) => caseId)).toEqual([good]);
    expect((await running.parked()).map(({ caseId, revision }) => [caseId, revision])).toEqual([
      [parkedAs, -1],
    ]);
    expect(logged).not.toContain('feed.consumer.paused');
    await running.redrive(parkedAs ?? '');
    expect(await running.parked()).toEqual([]);
    await running.stop();
  });
});
