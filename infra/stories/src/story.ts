import { type World } from './world';

/** One end-to-end story of the requirements, told through public interfaces only. */
export interface Story {
  readonly id: string;
  readonly title: string;
  /** Throws when the system does not do what the story says. */
  play(world: World): Promise<void>;
}

/** A phone number that nobody has and that no other run of a story uses. */
export function inventedPhone(prefix: string, digits = 6): string {
  return `${prefix}${String(Math.floor(Math.random() * 10 ** digits)).padStart(digits, '0')}`;
}
