import { coalesced } from './coalesced';

/** SQLSTATE classes 22 and 23: a value or a row is at fault, not the database. */
function isFaultOfRow(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23]/.test(code);
}

/**
 * Writes rows of read models that come at the same time in one statement, at most one row of a key: of several the one with the highest
 * version, of the same version the later. `write` answers the keys of the rows that it wrote; each caller hears whether its own was one.
 * `restMs`: how long a row waits for others when one was written just before it.
 */
export function rowsTogether<Row extends { readonly version: number }>(
  keyOf: (row: Row) => string,
  write: (rows: readonly Row[]) => Promise<ReadonlySet<string>>,
  restMs = 0,
): (row: Row) => Promise<boolean> {
  const writeLatest = async (rows: readonly Row[]): Promise<readonly boolean[]> => {
    const latest = new Map<string, Row>();
    for (const row of rows)
      if (row.version >= (latest.get(keyOf(row))?.version ?? 0)) latest.set(keyOf(row), row);
    // In one order everywhere, so that two statements never wait for each other's rows.
    const sorted = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    const written = await write(sorted);
    return rows.map((row) => latest.get(keyOf(row)) === row && written.has(keyOf(row)));
  };
  return coalesced(writeLatest, { apart: isFaultOfRow, restMs });
}
