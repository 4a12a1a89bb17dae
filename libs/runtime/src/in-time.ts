/** What was asked for did not come in time; it may still come, and nobody hears of it. */
export class Late extends Error {
  readonly retriable = true;

  constructor() {
    super('no answer in time');
    this.name = 'Late';
  }
}

/** The answer, if it comes within so many milliseconds. @throws Late (retriable); the work's own fault */
export function inTime<T>(work: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Late()), withinMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
