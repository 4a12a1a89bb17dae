import { type Check } from './checks';
import { type Drill } from './drill';
import { pause } from './waiting';

const tables = [
  'intake.case_status',
  'dispatch.queue_entry',
  'dispatch.transfer',
  'routing.routing_decision',
  'history.case_index',
  'backoffice.case_row',
  'notification.message',
];
/** When a row was written, and how far the case was when it was folded: a rebuild comes later. */
const incidental = (table: string): readonly string[] =>
  table === 'routing.routing_decision' ? ['written_at', 'version'] : ['written_at'];
const agreesWithinMs = 30_000;
const [comparisonSeconds, nothingDueWithinMs] = [15, 45_000];

/**
 * Empties every read model and rebuilds it from the event store: it must hold the same rows as the one that lived through the
 * faults, but for when and how far along the case a row was written.
 */
export async function readModels(drill: Drill): Promise<Check> {
  await nothingDue(drill);
  const before = await snapshot(drill);
  for (const table of tables) await drill.query(`delete from ${table}`);
  const problems = await rebuild(drill);
  let after = before;
  for (const end = Date.now() + agreesWithinMs; ; await pause(500)) {
    after = await snapshot(drill);
    if (disagreements(before, after).length === 0 || Date.now() > end) break;
  }
  const rows = [...before].map(([table, all]) => `${table} ${all.length}`).join(', ');
  return {
    what: 'read models equal those rebuilt from the events',
    found: rows,
    problems: [...problems, ...disagreements(before, after)],
  };
}

/**
 * Waits until no message is due while the comparison lasts: whether one was delivered is asked from time to time, and an answer that comes
 * between both snapshots makes them differ. Bounded: what goes on being due is compared as it is.
 */
async function nothingDue(drill: Drill): Promise<void> {
  for (const end = Date.now() + nothingDueWithinMs; Date.now() < end; await pause(500)) {
    const due = await drill.query(
      `select 1 from notification.message where due_at < now() + make_interval(secs => $1) limit 1`,
      [comparisonSeconds],
    );
    if (due.length === 0) return;
  }
}

/** Rows per table, as JSON in a fixed order. */
export type Snapshot = ReadonlyMap<string, readonly string[]>;

/** One line per table whose rows are not the same. */
export function disagreements(before: Snapshot, after: Snapshot): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((table) => {
    const [lived, rebuilt] = [before.get(table) ?? [], after.get(table) ?? []];
    return lived.join('\n') === rebuilt.join('\n') ? [] : differences(table, lived, rebuilt);
  });
}

/** Which columns of which row, without their values. */
function differences(table: string, before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Set(before);
  const changed = after.filter((row) => !known.has(row)).map((row) => parsed(row));
  const gone = before.filter((row) => !after.includes(row)).map((row) => parsed(row));
  const named = gone.slice(0, 3).map((row) => {
    const other = changed.find((one) => one['case_id'] === row['case_id']) ?? {};
    const columns = Object.keys(row).filter(
      (column) => JSON.stringify(row[column]) !== JSON.stringify(other[column]),
    );
    return `${String(row['case_id'])}: ${columns.join(', ')}`;
  });
  return [
    `${table} differs from its rebuilt self in ${gone.length} of ${before.length} rows (${after.length} rebuilt): ${named.join('; ')}`,
  ];
}

const parsed = (row: string): Readonly<Record<string, unknown>> => JSON.parse(row) as Record<string, unknown>;

async function rebuild(drill: Drill): Promise<readonly string[]> {
  const { issuerUrl, http } = drill.endpoints;
  const signedIn = await fetch(`${issuerUrl}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'demo' }),
    signal: AbortSignal.timeout(15_000),
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const problems: string[] = [];
  for (const [service, url] of Object.entries(http)) {
    const answer = await fetch(`${url}/internal/rebuild`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(120_000),
    });
    if (!answer.ok) problems.push(`${service} could not rebuild: ${answer.status} ${await answer.text()}`);
  }
  return problems;
}

async function snapshot(drill: Drill): Promise<Snapshot> {
  const rows = new Map<string, readonly string[]>();
  for (const table of tables) {
    const found = await drill.query<{ row: string }>(
      `select (to_jsonb(t) - $1::text[])::text as row from ${table} t order by 1`,
      [incidental(table)],
    );
    rows.set(
      table,
      found.map(({ row }) => row),
    );
  }
  return rows;
}
