import { type ProfileProblem, ProfileInvalid } from './profile.errors';
import { referenceProblems } from './profile-references';
import { type Profile, profileSchema } from './profile.schema';

/**
 * Validates the parsed JSON of a profile file and fills in defaults: first the shape, then every reference from one
 * part of the profile to another. Pure; the same file always gives the same profile.
 * @throws ProfileInvalid with all problems and their paths
 */
export function parseProfile(json: unknown): Profile {
  const parsed = profileSchema.safeParse(json);
  if (!parsed.success) throw new ProfileInvalid(parsed.error.issues.map(shapeProblem));
  const problems = referenceProblems(parsed.data);
  if (problems.length > 0) throw new ProfileInvalid(problems);
  return parsed.data;
}

function shapeProblem(issue: { path: readonly PropertyKey[]; message: string }): ProfileProblem {
  return { path: issue.path.map(String).join('.') || '(root)', problem: issue.message };
}
