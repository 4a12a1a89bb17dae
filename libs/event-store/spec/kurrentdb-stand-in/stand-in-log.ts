/** What the stand-in keeps: one log, in order, and its streams. Judges appends and replays as the real server documents it. */
export interface LoggedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** Ticks of 100 ns since 1970. */
  readonly created: string;
}

export type Expected = 'any' | 'no_stream' | 'stream_exists' | number;
export type Proposal = Pick<LoggedEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
export type Verdict =
  | { readonly kind: 'written'; readonly revision: number; readonly position: number }
  | { readonly kind: 'idempotent'; readonly revision: number }
  | { readonly kind: 'wrong'; readonly current: number | undefined };

export class StandInLog {
  readonly events: LoggedEvent[] = [];
  private readonly streams = new Map<string, LoggedEvent[]>();
  private readonly listeners = new Set<() => void>();

  stream(name: string): readonly LoggedEvent[] | undefined {
    return this.streams.get(name);
  }

  append(stream: string, expected: Expected, proposals: readonly Proposal[]): Verdict {
    const own = this.streams.get(stream) ?? [];
    const last = own.at(-1)?.revision;
    const first = expected === 'no_stream' ? 0 : typeof expected === 'number' ? expected + 1 : undefined;
    const at = first ?? own.findIndex((event) => event.id === proposals[0]?.id);
    if (at >= 0 && proposals.every((proposal, i) => own[at + i]?.id === proposal.id))
      return { kind: 'idempotent', revision: at + proposals.length - 1 };
    const allowed =
      expected === 'any' ||
      (expected === 'stream_exists'
        ? last !== undefined
        : expected === 'no_stream'
          ? last === undefined
          : last === expected);
    if (!allowed) return { kind: 'wrong', current: last };
    this.streams.set(stream, own);
    const created = String(BigInt(Date.now()) * 10_000n);
    for (const proposal of proposals) {
      // Positions are offsets into a file: they grow by more than one.
      const position = (this.events.at(-1)?.position ?? 0) + 100 + proposal.data.length;
      const event = { ...proposal, stream, revision: own.length, position, created };
      own.push(event);
      this.events.push(event);
    }
    for (const listener of this.listeners) listener();
    const { revision, position } = own.at(-1)!;
    return { kind: 'written', revision, position };
  }

  onAppend(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Index of the first event at or behind a position. */
  indexAt(position: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.position ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
