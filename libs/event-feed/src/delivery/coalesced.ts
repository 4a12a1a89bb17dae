interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface CoalescedOptions {
  /** Most items of one call. Default 500. */
  readonly maximum?: number;
  /** Faults that one item alone may have caused: each is then tried by itself, so that the others do not suffer. Default: none. */
  readonly apart?: (error: unknown) => boolean;
}

/**
 * Turns many single calls into few calls with lists: what arrives while one call is under way goes together with the
 * next. No timer and no waiting when idle. A failed call fails every item of its list, but see `apart`.
 */
export function coalesced<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { maximum = 500, apart = () => false }: CoalescedOptions = {},
): (item: Item) => Promise<Result> {
  const queue: Waiting<Item, Result>[] = [];
  let busy = false;

  const together = async (taken: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await work(taken.map((waiting) => waiting.item));
      taken.forEach((waiting, i) => waiting.resolve(results[i] as Result));
    } catch (error) {
      if (taken.length > 1 && apart(error)) for (const waiting of taken) await together([waiting]);
      else taken.forEach((waiting) => waiting.reject(error));
    }
  };
  const run = async (): Promise<void> => {
    busy = true;
    while (queue.length > 0) await together(queue.splice(0, maximum));
    busy = false;
  };
  return (item) =>
    new Promise<Result>((resolve, reject) => {
      queue.push({ item, resolve, reject });
      // The microtask lets calls of the same turn join the first list.
      if (!busy) {
        busy = true;
        queueMicrotask(() => void run());
      }
    });
}

/** SQLSTATE classes 22 and 23: a value or a row is at fault, not the database. */
export function isFaultOfRow(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23]/.test(code);
}

/**
 * Writes rows of read models that come at the same time in one statement, at most one row of a key: of several the one with the highest
 * version, of the same version the later. `write` answers the keys of the rows that it wrote; each caller hears whether its own was one.
 */
export function rowsTogether<Row extends { readonly version: number }>(
  keyOf: (row: Row) => string,
  write: (rows: readonly Row[]) => Promise<ReadonlySet<string>>,
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
  return coalesced(writeLatest, { apart: isFaultOfRow });
}
