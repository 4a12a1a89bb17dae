/** Calls whose work is done and whose rows are still being put down, as a multiple of those in work; with more, nothing new begins. */
const MOST_SAVING = 4;

/** The places of one channel in a pool: what hangs there holds none of another channel. */
export class ChannelPlaces {
  private readonly active = new Set<Promise<unknown>>();
  private readonly saving = new Set<Promise<unknown>>();
  /** Rows of this channel may wait in the table for a place. */
  behind = true;

  /** `wanted`: called when a place falls free and rows may wait for it. */
  constructor(
    private readonly most: number,
    private readonly wanted: () => void,
  ) {}

  /** Calls of work that may begin now. */
  get free(): number {
    return Math.min(this.most - this.active.size, MOST_SAVING * this.most - this.saving.size);
  }

  get open(): readonly Promise<unknown>[] {
    return [...this.active, ...this.saving];
  }

  /** Takes a place until the work has ended. */
  takenBy(work: Promise<unknown>): void {
    this.hold(this.active, work);
  }

  /** Its rows are being put down: that takes no place from those in work. */
  putDown(saving: Promise<unknown>): void {
    this.hold(this.saving, saving);
  }

  private hold(set: Set<Promise<unknown>>, work: Promise<unknown>): void {
    const task = work.finally(() => {
      set.delete(task);
      if (this.behind) this.wanted();
    });
    set.add(task);
  }
}
