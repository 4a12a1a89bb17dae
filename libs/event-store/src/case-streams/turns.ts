/**
 * Work on the same key goes one after the other within this process, while it goes quickly: whoever has waited for `mostMs` milliseconds for the one
 * before goes all the same. So it saves races that would be lost, and can neither block for long nor wait for itself.
 */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  constructor(private readonly mostMs: number) {}

  /** Gives what `work` gives, and its fault. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.last.set(key, ended);
    try {
      if (before !== undefined) await this.waitFor(before);
      return await work();
    } finally {
      end();
      if (this.last.get(key) === ended) this.last.delete(key);
    }
  }

  private async waitFor(before: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.mostMs);
    });
    await Promise.race([before, late]);
    clearTimeout(timer);
  }
}
