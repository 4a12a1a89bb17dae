import { type Mutation } from './simulation/ordered-log.model';
import { seedsOf } from './simulation/random-of';
import { faultOfRun } from './simulation/run';

const seeds = seedsOf(4_000);

describe('the algorithm of appending and reading, in whatever order its steps fall', () => {
  it('loses nothing, repeats nothing, keeps each stream and the order after acknowledgement', () => {
    const failed = seeds.flatMap((seed) => {
      const fault = faultOfRun(seed);
      return fault === undefined ? [] : [`SEED=${seed}: ${fault}`];
    });
    expect(failed.slice(0, 5)).toEqual([]);
  }, 60_000);

  it('is the same run for the same seed', () => {
    const faults = seeds.slice(0, 200).map((seed) => faultOfRun(seed, 'no marker'));
    expect(seeds.slice(0, 200).map((seed) => faultOfRun(seed, 'no marker'))).toEqual(faults);
  });

  const mutations: readonly Mutation[] = [
    'no marker',
    'marker after the draw',
    'marker released before the commit is visible',
    'snapshot before the markers are read',
    'high-water read after the markers',
    'checkpoint is the high-water mark',
    'holes are not counted',
  ];
  it.each(mutations)('is found to lose an event with a mistake in it: %s', (mutation) => {
    let found: string | undefined;
    for (let seed = 1; seed <= 4_000 && found === undefined; seed += 1) found = faultOfRun(seed, mutation);
    expect(found).toBe('a reader missed an event or saw it out of order');
  });
});
