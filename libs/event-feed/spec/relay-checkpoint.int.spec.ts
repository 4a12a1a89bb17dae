import { createMemoryEventStore } from '@balagh/event-store';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { migrateFeed, startRelay } from '../src';
import { caseNumber, happen } from './case-story';

interface Sent {
  readonly messages: readonly { readonly key: string }[];
}
const sent: string[] = [];

jest.mock('../src/kafka/kafka-client', () => ({
  createKafkaClient: () => ({
    producer: () => ({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      send: ({ messages }: Sent) => {
        sent.push(...messages.map(({ key }) => key));
        return Promise.resolve([]);
      },
    }),
  }),
}));

const nothing = (): void => undefined;
const log = { info: nothing, warn: nothing, error: nothing, debug: nothing };

describe('a relay', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
    await migrateFeed(database.pool);
    sent.length = 0;
  });
  afterEach(() => database.close());

  it('goes on where it stopped; without its checkpoint it publishes everything again', async () => {
    const store = createMemoryEventStore();
    /** Runs a relay until so many messages were sent. */
    const publishes = async (count: number): Promise<readonly string[]> => {
      sent.length = 0;
      const relay = await startRelay({
        service: 'intake',
        store,
        database: database.pool,
        brokers: 'b:1',
        log,
      });
      await eventually(() => Promise.resolve(sent.length >= count), { deadlineMs: 10_000, what: 'messages' });
      await relay.stop();
      return [...sent];
    };
    const [first, second, third] = [caseNumber(1), caseNumber(2), caseNumber(3)];
    await happen(store, first, 'CaseOpened');
    await happen(store, second, 'CaseOpened');
    expect(await publishes(2)).toEqual([first, second]);
    await happen(store, third, 'CaseOpened');
    expect(await publishes(1)).toEqual([third]);
    await database.pool.query('delete from relay_checkpoint');
    expect(await publishes(3)).toEqual([first, second, third]);
  });
});
