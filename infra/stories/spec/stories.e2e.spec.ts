import { proves } from '@balagh/testing';
import { World, stories } from '../src';
import { LaunchedSystem, whyNoKafka } from './launched-system';

/** What each story shows of the requirements' acceptance examples. */
const shown: Readonly<Record<string, readonly string[]>> = {
  S1: ['QAT-01', 'QAT-05', 'QAT-06', 'MUS-10', 'MUS-15', 'MUS-16', 'SYS-03'],
  S3: ['MUS-04', 'MUS-11', 'MUS-32', 'MUS-33'],
  S5: ['KWT-22', 'KWT-23'],
  S6: ['KWT-12'],
  S7: ['KWT-06'],
  S10: ['KWT-05', 'KWT-07', 'KWT-08', 'KWT-09', 'KWT-10', 'KWT-11', 'KWT-13'],
};

function storySuite(extra: readonly string[], alsoProves: readonly string[]): void {
  const system = new LaunchedSystem(extra);
  let world: World;
  beforeAll(async () => {
    world = new World(await system.start());
  }, 180_000);
  afterAll(async () => {
    world?.close();
    await system.stop();
  }, 60_000);
  it.each(stories.map((story) => [story.id, story.title, story] as const))(
    '%s: %s',
    async (id, _title, story) => {
      proves(...(shown[id] ?? []), ...alsoProves);
      await story.play(world);
    },
    120_000,
  );
}

describe('the stories on the store feed', () => storySuite([], []));

describe('the stories over Apache Kafka', () => {
  const why = whyNoKafka();
  if (why === undefined) storySuite(['--kafka'], []);
  else it(`not run: ${why}`, () => console.warn(`Kafka stories not run: ${why}`));
});
