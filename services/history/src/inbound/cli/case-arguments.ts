import { parseArgs } from 'node:util';

export type CaseCommand =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'show';
      readonly case: string;
      readonly tenant?: string;
      readonly at?: string;
      readonly version?: number;
      readonly json: boolean;
      readonly reveal: boolean;
    }
  | { readonly kind: 'verify'; readonly tenant?: string; readonly json: boolean }
  | {
      readonly kind: 'list';
      readonly tenant?: string;
      readonly stage?: string;
      readonly category?: string;
      readonly json: boolean;
    }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'unusable'; readonly problem: string };

export const usage = `Usage: npm run case -- <command> [options]

  show NUMBER|ID        the trail of a case and its state
    --at TIME           as it was known at that moment (RFC 3339)
    --version N         after the first N events
    --reveal            open personal values; the view is recorded as such
    --tenant T          only if it belongs to this organisation
    --json
  verify                checks every stream and the index; exit status 1 when something is wrong
    --tenant T          one organisation only
    --json
  list                  the cases, newest first, at most 200
    --tenant T --stage STAGE --category CATEGORY --json
  rebuild               fills the index from the event store again, while everything runs

Works on the running installation (endpoints.json of the launcher), or on EVENT_STORE_URL, DATABASE_URL (of history), and for
--reveal KEYS_URL and KEK_FILE. Every view is recorded in the case's access stream.
`;

const options = {
  at: { type: 'string' },
  version: { type: 'string' },
  tenant: { type: 'string' },
  stage: { type: 'string' },
  category: { type: 'string' },
  json: { type: 'boolean', default: false },
  reveal: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const unusable = (problem: string): CaseCommand => ({ kind: 'unusable', problem });

/** What the command line asks for; never throws. */
export function caseCommand(args: readonly string[]): CaseCommand {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    const [name, subject, ...rest] = positionals;
    if (values.help || name === undefined) return { kind: 'help' };
    const { tenant, stage, category, json } = values;
    const ofTenant = tenant === undefined ? {} : { tenant };
    if (name === 'show')
      return rest.length > 0 || subject === undefined
        ? unusable('show needs one case number or id')
        : showCommand(subject, values);
    if (subject !== undefined) return unusable(`unexpected: ${subject}`);
    if (name === 'verify') return { kind: 'verify', ...ofTenant, json };
    if (name === 'rebuild') return { kind: 'rebuild' };
    if (name !== 'list') return unusable(`unknown command: ${name}`);
    return {
      kind: 'list',
      ...ofTenant,
      ...(stage === undefined ? {} : { stage }),
      ...(category === undefined ? {} : { category }),
      json,
    };
  } catch (error) {
    return unusable(error instanceof Error ? error.message : 'unreadable');
  }
}

interface ShowValues {
  readonly at?: string;
  readonly version?: string;
  readonly tenant?: string;
  readonly json: boolean;
  readonly reveal: boolean;
}

function showCommand(subject: string, values: ShowValues): CaseCommand {
  const { at, version, tenant, json, reveal } = values;
  if (at !== undefined && (!instant.test(at) || Number.isNaN(Date.parse(at))))
    return unusable('--at needs a moment such as 2026-03-01T12:00:00Z');
  if (version !== undefined && !/^[1-9]\d{0,6}$/.test(version))
    return unusable('--version needs a number from 1');
  return {
    kind: 'show',
    case: subject,
    json,
    reveal,
    ...(tenant === undefined ? {} : { tenant }),
    ...(at === undefined ? {} : { at }),
    ...(version === undefined ? {} : { version: Number(version) }),
  };
}
