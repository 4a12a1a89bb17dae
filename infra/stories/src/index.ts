import { type StoryEndpoints } from './endpoints';
import { balanceQuestion } from './s5-balance-question.story';
import { consumerPath } from './s10-consumer-path.story';
import { duplicate } from './s6-duplicate.story';
import { onlineSale } from './s7-online-sale.story';
import { strayCamels } from './s1-stray-camels.story';
import { type Story } from './story';
import { waterNote } from './s3-water-note.story';
import { World } from './world';

/** In the order of the requirements (§4). */
export const stories: readonly Story[] = [
  strayCamels,
  waterNote,
  balanceQuestion,
  duplicate,
  onlineSale,
  consumerPath,
];

export interface StoryResult {
  readonly passed: number;
  readonly failed: number;
}

/** Plays all stories one after the other; reports a line each. */
export async function playStories(
  endpoints: StoryEndpoints,
  report: (line: string) => void,
): Promise<StoryResult> {
  const world = new World(endpoints);
  let passed = 0;
  let failed = 0;
  for (const story of stories) {
    const started = Date.now();
    try {
      await story.play(world);
      passed += 1;
      report(`passed  ${story.id}  ${story.title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      report(`FAILED  ${story.id}  ${story.title}: ${explain(error)}`);
    }
  }
  world.close();
  return { passed, failed };
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ← ${explain(error.cause)}`;
}

export { World, Staff, type SentMessage, type TrailEntry } from './world';
export { CallRefused, GrpcCaller } from './grpc-caller';
export type { StoryEndpoints } from './endpoints';
export type { Story } from './story';
