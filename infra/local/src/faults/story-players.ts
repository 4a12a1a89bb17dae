import { type Story, World, stories } from '@balagh/stories';
import { type Endpoints } from '../system';

const patienceMs = 150_000;

export interface Played {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly problem?: string;
}

/** Plays the stories again and again, one after the other, until it is told to stop; the running one is always finished. */
export class StoryPlayer {
  readonly played: Played[] = [];
  private running = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly endpoints: () => Endpoints,
    /** Which of the stories comes first. */
    private readonly first: number,
    /** At least so many are played. */
    private readonly atLeast = 1,
  ) {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async run(): Promise<void> {
    for (let at = this.first; this.running || this.played.length < this.atLeast; at += 1) {
      const story = stories[at % stories.length];
      if (story !== undefined) this.played.push(await this.play(story));
    }
  }

  private async play(story: Story): Promise<Played> {
    const startedAt = Date.now();
    const world = new World(this.endpoints(), patienceMs);
    try {
      await story.play(world);
      return { id: story.id, startedAt, endedAt: Date.now() };
    } catch (error) {
      return { id: story.id, startedAt, endedAt: Date.now(), problem: explain(error) };
    } finally {
      world.close();
    }
  }
}

export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ← ${explain(error.cause)}`;
}
