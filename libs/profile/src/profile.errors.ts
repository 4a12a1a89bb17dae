/** One thing wrong in a profile file. */
export interface ProfileProblem {
  /** Where, as a path into the file: `routing.3.owner.code`. */
  readonly path: string;
  /** What is wrong, for the person who edits the file. */
  readonly problem: string;
}

/** Takes down a problem and its path. */
export type ReportProblem = (path: string, problem: string) => void;

/** The file is no profile: it breaks the schema, or a code in it refers to nothing. Lists every problem. */
export class ProfileInvalid extends Error {
  readonly code = 'PROFILE_INVALID';
  readonly retriable = false;
  constructor(readonly problems: readonly ProfileProblem[]) {
    super(problems.map((p) => `${p.path}: ${p.problem}`).join('\n'));
    this.name = 'ProfileInvalid';
  }
}
