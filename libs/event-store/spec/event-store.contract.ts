import { type EventStore, START } from '../src/event-store.port';
import { collect } from './contract-events';
import { appending } from './event-store-appending.contract';
import { concurrency } from './event-store-concurrency.contract';
import { type Disturbable, faults } from './event-store-faults.contract';
import { fidelity } from './event-store-fidelity.contract';
import { randomPrograms } from './event-store-random.contract';
import { reading, readingAll } from './event-store-reading.contract';
import { replaying } from './event-store-replay.contract';
import { subscribing } from './event-store-subscribing.contract';

export interface Subject {
  /** A store, which may already hold other streams. */
  open(): Promise<EventStore>;
  /** A store that holds nothing yet; absent where a server is never empty. */
  readonly empty?: () => Promise<EventStore>;
  /** Another instance on the same data, as after a restart; absent where nothing outlives the instance. */
  readonly reopen?: () => Promise<EventStore>;
  /** Random programs that are run; fewer where a call costs more. */
  readonly programs: number;
  /** A store behind a line that can be disturbed; absent where there is no server. */
  readonly disturbable?: () => Promise<Disturbable>;
}

/** What every adapter of the event store port must do (design §5). */
export function eventStoreContract(name: string, subject: Subject): void {
  describe(`${name} keeps the event store contract`, () => {
    let store: EventStore;
    if (subject.empty !== undefined) {
      const { empty } = subject;
      it('says that it caught up when nothing was ever stored', async () => {
        const fresh = await empty();
        expect(await fresh.readAll()).toEqual({ events: [], checkpoint: START, caughtUp: true });
        expect(await collect(fresh, {}, (seen) => seen.length === 1)).toEqual([
          { kind: 'caughtUp', position: START },
        ]);
        await fresh.close();
      });
    }

    beforeAll(async () => {
      store = await subject.open();
    });
    afterAll(async () => {
      await store.close();
    });

    describe('appending', () => appending(() => store));
    describe('repeating', () => replaying(() => store, subject.reopen));
    describe('fidelity', () => fidelity(() => store));
    describe('one stream', () => reading(() => store));
    describe('the global order', () => readingAll(() => store));
    describe('subscriptions', () => subscribing(() => store));
    describe('concurrency', () => concurrency(() => store, subject.reopen));
    describe('by the model', () => randomPrograms(() => store, subject.programs));
    if (subject.disturbable !== undefined) {
      const disturbable = subject.disturbable;
      describe('faults', () => faults(disturbable));
    }
  });
}
