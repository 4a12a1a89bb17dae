/**
 * Turns many single calls into few calls with lists: what arrives while one call is under way goes together with the
 * next. No timer and no waiting when idle. A failed call fails every item of its list.
 */
export function coalesced<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  maximum = 500,
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  const queue: Waiting[] = [];
  let busy = false;

  const run = async (): Promise<void> => {
    busy = true;
    while (queue.length > 0) {
      const taken = queue.splice(0, maximum);
      try {
        const results = await work(taken.map((waiting) => waiting.item));
        taken.forEach((waiting, i) => waiting.resolve(results[i] as Result));
      } catch (error) {
        taken.forEach((waiting) => waiting.reject(error));
      }
    }
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
