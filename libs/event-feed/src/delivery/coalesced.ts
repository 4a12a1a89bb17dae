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
 * Turns many single calls into few calls with lists: what arrives within one turn of the event loop goes together, and what arrives while a call is
 * under way goes with the next. No timer. A failed call fails every item of its list, but see `apart`.
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
      // After this turn: a page of the feed is handed on within one, and all of it joins the first list.
      if (!busy) {
        busy = true;
        setImmediate(() => void run());
      }
    });
}
