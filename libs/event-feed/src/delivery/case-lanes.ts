import { type Topic } from '@balagh/case-events';

export interface LaneItem {
  readonly topic: Topic;
  readonly caseId: string;
}

export interface LanesOptions<Item> {
  /** Cases handled at the same time. */
  readonly concurrency: number;
  /** Never throws; takes as long as the item needs. */
  readonly work: (item: Item) => Promise<void>;
  /**
   * Which topic's oldest waiting item of a case goes next, as an index into these topics. Absent: the item that came
   * first, also when undefined is picked. For specifications and drills that shuffle across topics; order within a topic
   * always holds.
   */
  readonly pick?: (topics: readonly Topic[]) => number | undefined;
}

interface Lane<Item> {
  waiting: Item[];
  exclusive: (() => Promise<void>)[];
}

/** A lane per case: one item of a case at a time, several cases at once, fair between them. */
export class CaseLanes<Item extends LaneItem> {
  private readonly lanes = new Map<string, Lane<Item>>();
  private readonly ready: string[] = [];
  private active = 0;
  private starting = false;
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly options: LanesOptions<Item>) {}

  /** Starts after this turn of the event loop: a page comes within one, and whoever reads a case then sees all that the page says of it. */
  push(item: Item): void {
    this.lane(item.caseId).waiting.push(item);
    if (this.starting) return;
    this.starting = true;
    setImmediate(() => {
      this.starting = false;
      this.start();
      this.noteIdle();
    });
  }

  /** Runs alone on the case, before its waiting items. */
  async alone(caseId: string, task: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.lane(caseId).exclusive.push(() => task().then(resolve, reject));
      this.start();
    });
  }

  /** Forgets items that were not started. */
  drop(): void {
    for (const lane of this.lanes.values()) lane.waiting = [];
  }

  /** Resolves when nothing is being handled. */
  async idle(): Promise<void> {
    if (this.active === 0 && !this.starting) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  private lane(caseId: string): Lane<Item> {
    const known = this.lanes.get(caseId);
    if (known !== undefined) return known;
    const lane: Lane<Item> = { waiting: [], exclusive: [] };
    this.lanes.set(caseId, lane);
    this.ready.push(caseId);
    return lane;
  }

  private start(): void {
    while (this.active < this.options.concurrency) {
      const caseId = this.ready.shift();
      if (caseId === undefined) return;
      const lane = this.lanes.get(caseId);
      if (lane === undefined) continue;
      this.active += 1;
      void this.step(lane).finally(() => this.finished(caseId, lane));
    }
  }

  private async step(lane: Lane<Item>): Promise<void> {
    const task = lane.exclusive.shift();
    if (task !== undefined) return task();
    const item = this.next(lane);
    if (item !== undefined) await this.options.work(item);
  }

  private next(lane: Lane<Item>): Item | undefined {
    const { pick } = this.options;
    if (pick === undefined || lane.waiting.length < 2) return lane.waiting.shift();
    const topics = [...new Set(lane.waiting.map((item) => item.topic))];
    const picked = pick(topics);
    if (picked === undefined) return lane.waiting.shift();
    const topic = topics[picked] ?? topics[0];
    const index = lane.waiting.findIndex((item) => item.topic === topic);
    return lane.waiting.splice(index, 1)[0];
  }

  private finished(caseId: string, lane: Lane<Item>): void {
    this.active -= 1;
    if (lane.waiting.length > 0 || lane.exclusive.length > 0) this.ready.push(caseId);
    else this.lanes.delete(caseId);
    this.start();
    this.noteIdle();
  }

  private noteIdle(): void {
    if (this.active > 0 || this.starting) return;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }
}
