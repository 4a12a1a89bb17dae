import { type z } from 'zod';

/** The environment does not fit. Lists every problem at once: names and codes, never values. */
export class ConfigInvalid extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly retriable = false;
  constructor(readonly problems: readonly string[]) {
    super(`configuration is invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigInvalid';
  }
}

/**
 * Reads settings from the environment once, into a frozen typed object. Empty strings count as absent.
 * A service with settings of its own calls this with its own schema; variables it does not name are ignored.
 * With BALAGH_MODE=production, passwords and secrets of the demonstration are refused.
 * @throws ConfigInvalid with all problems
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<z.infer<Schema>> {
  const named = Object.keys(schema.shape);
  const given = Object.fromEntries(named.map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const parsed = schema.safeParse(given);
  const shown = env['BALAGH_MODE'] === 'production' ? demonstrated(given) : [];
  if (parsed.success && shown.length === 0) return Object.freeze(parsed.data);
  const problems = (parsed.error?.issues ?? []).map((issue) => {
    const name = issue.path.map(String).join('.') || '(environment)';
    const absent = issue.path.length === 1 && given[name] === undefined;
    return `${name}: ${absent ? 'is missing' : wordsOf(issue)}`;
  });
  throw new ConfigInvalid([...problems, ...shown]);
}

/** Every password and secret of the demonstration (infra/compose) holds this word; everybody can read them there. */
const demonstrationWord = 'balagh-demo';

function demonstrated(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) =>
    value?.includes(demonstrationWord) === true ? [`${name}: is a secret of the demonstration`] : [],
  );
}

/** Zod's own words may quote the value; a value may be a secret. */
function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return `must be a ${issue.expected}`;
    case 'too_small':
      return `must be at least ${String(issue.minimum)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}`;
    case 'invalid_format':
      return `must be a valid ${issue.format}`;
    case 'custom':
      return issue.message;
    default:
      return 'is invalid';
  }
}
