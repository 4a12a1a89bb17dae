/** Tracks positions that are finished out of order: how far is everything finished? Positions are added in order. */
export class Watermark<Position> {
  private readonly open: { position: Position; finished: boolean }[] = [];
  private reached: Position | undefined;

  /** Returns the call that marks it finished; calling twice is harmless. */
  add(position: Position): () => void {
    const entry = { position, finished: false };
    this.open.push(entry);
    return () => {
      entry.finished = true;
      while (this.open[0]?.finished === true) this.reached = this.open.shift()?.position;
    };
  }

  /** A position at which there was nothing to do. Takes no room, however many pass behind an unfinished one. */
  pass(position: Position): void {
    const last = this.open.at(-1);
    if (last === undefined) this.reached = position;
    else if (last.finished) last.position = position;
    else this.open.push({ position, finished: true });
  }

  /** The last position with nothing unfinished before it; undefined before the first. */
  get low(): Position | undefined {
    return this.reached;
  }
}
