import { type EventStore } from '../src/event-store.port';
import { faultOfProgram } from './simulation/random-program';
import { seedsOf } from './simulation/random-of';

/** Random programs against the model; a failing one is named and runs again with `SEED=n`. */
export function randomPrograms(store: () => EventStore, programs: number): void {
  it(`answers ${programs} random programs as the model does`, async () => {
    const failed: string[] = [];
    for (const seed of seedsOf(programs)) {
      const fault = await faultOfProgram(store(), seed);
      if (fault !== undefined) failed.push(`SEED=${seed}: ${fault}`);
    }
    expect(failed.slice(0, 5)).toEqual([]);
  }, 180_000);
}
