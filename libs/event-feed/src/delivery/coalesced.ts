interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** So many items are not kept waiting: they make a call worth its while. */
const enough = 8;

export interface CoalescedOptions {
  /** Most items of one call. Default 500. */
  readonly maximum?: number;
  /** Faults that one item alone may have caused: each is then tried by itself, so that the others do not suffer. Default: none. */
  readonly apart?: (error: unknown) => boolean;
  /**
   * Least milliseconds from the end of a call to the next, unless eight items wait: whoever comes alone goes at once, and where
   * items come one after the other they go together. Default 0.
   */
  readonly restMs?: number;
}

/**
 * Turns many single calls into few calls with lists: what arrives within one turn of the event loop goes together, and what arrives while a call is
 * under way, or while one rests, goes with the next. A failed call fails every item of its list, but see `apart`.
 */
export function coalesced<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { maximum = 500, apart = () => false, restMs = 0 }: CoalescedOptions = {},
): (item: Item) => Promise<Result> {
  const queue: Waiting<Item, Result>[] = [];
  let busy = false;
  let restsUntil = 0;
  let endRest: () => void = () => undefined;

  const together = async (taken: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await work(taken.map((waiting) => waiting.item));
      taken.forEach((waiting, i) => waiting.resolve(results[i] as Result));
    } catch (error) {
      if (taken.length > 1 && apart(error)) for (const waiting of taken) await together([waiting]);
      else taken.forEach((waiting) => waiting.reject(error));
    }
  };
  const rest = async (): Promise<void> => {
    const left = restsUntil - performance.now();
    if (left <= 0 || queue.length >= enough) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      await rest();
      await together(queue.splice(0, maximum));
      restsUntil = performance.now() + restMs;
    }
    busy = false;
  };
  return (item) =>
    new Promise<Result>((resolve, reject) => {
      queue.push({ item, resolve, reject });
      // After this turn: a page of the feed is handed on within one, and all of it joins the first list.
      if (!busy) {
        busy = true;
        setImmediate(() => void run());
      } else if (queue.length >= enough) endRest();
    });
}
