import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type EventStore } from '@balagh/event-store';
import { parseProfile } from './parse-profile';
import { ProfileInvalid } from './profile.errors';
import { type Profile } from './profile.schema';
import { ProfileUnknown } from './profiles.port';
import { publishProfile } from './publish-profile';
import { createProfiles } from './store-profiles.adapter';

export const profileUsage = `Profiles: organisations as data.

  npm run profile -- check FILE …                    is the file a valid profile?
  npm run profile -- publish FILE …                  make it the newest version (none when unchanged)
  npm run profile -- list [--json]                   tenants and their newest versions
  npm run profile -- show TENANT [--version N]       one version as JSON
  npm run profile -- --help

The event store is found through EVENT_STORE (postgres, kurrentdb) and EVENT_STORE_URL, or through .balagh/endpoints.json of a running installation.
Exit: 0 done, 1 refused or failed, 2 wrong usage.`;

/** What the command line needs from outside; specifications give it fakes. */
export interface CommandSurroundings {
  readonly openStore: () => EventStore;
  readonly now: () => string;
  /** Account that publishes; becomes the actor of the event. */
  readonly account: string;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Runs one command line; the result is the exit code. Never throws. */
export async function runProfileCommand(
  args: readonly string[],
  around: CommandSurroundings,
): Promise<number> {
  try {
    return await run(args, around);
  } catch (error) {
    around.err(error instanceof Error ? error.message : 'failed');
    return isUsageError(error) ? 2 : 1;
  }
}

async function run(args: readonly string[], around: CommandSurroundings): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean' }, json: { type: 'boolean' }, version: { type: 'string' } },
  });
  const [command, ...operands] = positionals;
  if (values.help === true) {
    around.out(profileUsage);
    return 0;
  }
  if (command === 'check' && operands.length > 0) return check(operands, around);
  if (command === 'publish' && operands.length > 0)
    return withStore(around, (store) => publish(store, operands, around));
  if (command === 'list' && operands.length === 0) {
    return withStore(around, (store) => list(store, values.json === true, around));
  }
  const tenant = operands[0];
  if (command === 'show' && tenant !== undefined && operands.length === 1) {
    return withStore(around, (store) => show(store, tenant, values.version, around));
  }
  around.err(profileUsage);
  return 2;
}

async function withStore(
  around: CommandSurroundings,
  work: (store: EventStore) => Promise<number>,
): Promise<number> {
  const store = around.openStore();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The profile in a file, or undefined after saying what is wrong with it. */
function readProfile(file: string, { err }: CommandSurroundings): Profile | undefined {
  try {
    return parseProfile(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const problems =
      error instanceof ProfileInvalid
        ? error.problems.map((p) => `${p.path}: ${p.problem}`)
        : [error instanceof Error ? error.message : 'cannot be read'];
    for (const problem of problems) err(`${file}: ${problem}`);
    return undefined;
  }
}

function check(files: readonly string[], around: CommandSurroundings): number {
  const profiles = files.map((file) => readProfile(file, around));
  profiles.forEach((profile, i) => {
    if (profile !== undefined) around.out(`${files[i] ?? ''}: ${profile.tenant} is valid`);
  });
  return profiles.includes(undefined) ? 1 : 0;
}

/** All files are checked before the first is published. */
async function publish(
  store: EventStore,
  files: readonly string[],
  around: CommandSurroundings,
): Promise<number> {
  const profiles = files.map((file) => readProfile(file, around));
  if (profiles.includes(undefined)) return 1;
  for (const profile of profiles) {
    if (profile === undefined) continue;
    const actor = { kind: 'staff', id: around.account, organisation: profile.tenant } as const;
    const { version, unchanged } = await publishProfile(store, profile, { actor, now: around.now });
    around.out(`${profile.tenant} version ${version}${unchanged ? ' (unchanged)' : ' published'}`);
  }
  return 0;
}

async function list(store: EventStore, json: boolean, { out }: CommandSurroundings): Promise<number> {
  const profiles = createProfiles({ store });
  const newest = await Promise.all((await profiles.tenants()).map((tenant) => profiles.latest(tenant)));
  const rows = newest.map(({ profile, version }) => ({
    tenant: profile.tenant,
    version,
    names: profile.names,
  }));
  if (json) out(JSON.stringify(rows, undefined, 2));
  else if (rows.length === 0) out('no profile is published');
  else
    for (const row of rows)
      out(
        `${row.tenant.padEnd(12)} version ${String(row.version).padEnd(4)} ${row.names.en} — ${row.names.ar}`,
      );
  return 0;
}

async function show(
  store: EventStore,
  tenant: string,
  version: string | undefined,
  { out, err }: CommandSurroundings,
): Promise<number> {
  if (version !== undefined && !/^[1-9]\d*$/.test(version)) {
    err('--version needs a whole number from 1');
    return 2;
  }
  const profiles = createProfiles({ store });
  try {
    const published =
      version === undefined ? await profiles.latest(tenant) : await profiles.at(tenant, Number(version));
    out(JSON.stringify({ version: published.version, profile: published.profile }, undefined, 2));
    return 0;
  } catch (error) {
    if (!(error instanceof ProfileUnknown)) throw error;
    err(error.message);
    return 1;
  }
}

function isUsageError(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code.startsWith('ERR_PARSE_ARGS');
}
