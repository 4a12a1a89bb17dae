import { Watermark } from '../delivery/watermark';

export interface NextOffset {
  readonly topic: string;
  readonly partition: number;
  /** The next message to read, as Kafka counts. */
  readonly offset: bigint;
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly watermark: Watermark<bigint>;
  last: bigint;
  committed: bigint;
}

/** What was taken from each partition in the present generation of the group, and how far it is finished. */
export class PartitionOffsets {
  private partitions = new Map<string, Partition>();
  private current = 0;

  /** Changes when everything is forgotten. */
  get generation(): number {
    return this.current;
  }

  forget(): void {
    this.current += 1;
    this.partitions = new Map<string, Partition>();
  }

  /** Undefined for an offset that was taken before: the library fetches again after an error. */
  take(topic: string, partition: number, offset: bigint): (() => void) | undefined {
    const key = `${topic}/${partition}`;
    const known = this.partitions.get(key) ?? {
      topic,
      partition,
      watermark: new Watermark<bigint>(),
      last: -1n,
      committed: -1n,
    };
    this.partitions.set(key, known);
    if (offset <= known.last) return undefined;
    known.last = offset;
    return known.watermark.add(offset);
  }

  /** Progress not yet committed. */
  due(): readonly NextOffset[] {
    return [...this.partitions.values()].flatMap(({ topic, partition, watermark, committed }) =>
      watermark.low === undefined || watermark.low <= committed
        ? []
        : [{ topic, partition, offset: watermark.low + 1n }],
    );
  }

  committed(offsets: readonly NextOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const known = this.partitions.get(`${topic}/${partition}`);
      if (known !== undefined && known.committed < offset - 1n) known.committed = offset - 1n;
    }
  }
}
