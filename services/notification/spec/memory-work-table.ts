import { type Claim, type Lease, type WorkRow, type WorkTable } from '../src/application/work-table.port';

interface Held {
  row: WorkRow;
  owner?: string | undefined;
  leasedUntil: number;
}

/** The work table of specifications; passes the same contract suite as the PostgreSQL one. */
export class MemoryWorkTable implements WorkTable {
  readonly held = new Map<string, Held>();

  async add(row: WorkRow, lease?: Lease): Promise<void> {
    if (this.held.has(row.messageId)) return;
    const leasedUntil = lease === undefined ? 0 : Date.parse(lease.until);
    this.held.set(row.messageId, { row, owner: lease?.owner, leasedUntil });
  }

  async claim({ queue, owner, now, leaseMs, limits }: Claim): Promise<readonly WorkRow[]> {
    const at = Date.parse(now);
    const left = new Map(limits);
    const due = [...this.held.values()]
      .filter(
        ({ row, leasedUntil }) =>
          row.queue === queue && row.dueAt !== null && row.dueAt <= now && leasedUntil <= at,
      )
      .sort((a, b) => ((a.row.dueAt ?? '') < (b.row.dueAt ?? '') ? -1 : 1))
      .filter(({ row: { channel } }) => {
        const most = left.get(channel) ?? 0;
        left.set(channel, most - 1);
        return most > 0;
      });
    for (const held of due) Object.assign(held, { owner, leasedUntil: at + leaseMs });
    return due.map(({ row }) => row);
  }

  async save(row: WorkRow, owner: string): Promise<void> {
    const held = this.held.get(row.messageId);
    if (held === undefined) return;
    if (row.version >= held.row.version) held.row = row;
    if (held.owner === owner) Object.assign(held, { owner: undefined, leasedUntil: 0 });
  }

  async touch(messageId: string, version: number, dueAt: string): Promise<void> {
    const held = this.held.get(messageId);
    if (held !== undefined)
      Object.assign(held, {
        row: { ...held.row, queue: 'SEND', version: Math.max(held.row.version, version), dueAt },
        owner: undefined,
        leasedUntil: 0,
      });
  }

  async clear(): Promise<void> {
    this.held.clear();
  }
}
