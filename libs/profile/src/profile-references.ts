import { type ProfileProblem } from './profile.errors';
import { type Profile } from './profile.schema';

export function referenceProblems(_profile: Profile): readonly ProfileProblem[] {
  return [];
}
