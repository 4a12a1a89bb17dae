import { type AccessEvent, type Actor, type Line } from '@balagh/case-events';

/** Who was refused; a reporter is anonymous and counted with all others. */
export interface Refused {
  readonly tenant: string;
  readonly actor: Actor;
  readonly line: Line;
}

export type CountedDenials = Extract<AccessEvent, { type: 'AccessDenialsCounted' }>['data']['denials'];

interface Tally {
  readonly refused: Refused;
  readonly counts: Map<string, CountedDenials[number]>;
}

/** Callers told apart in one interval, and kinds of refusals of one caller: what is beyond is counted without its particulars. */
const mostCallers = 1_000;
const mostKinds = 100;

/** Refusals since the last collection, bounded in memory whatever is thrown at the entrance. */
export class DenialCounts {
  private tallies = new Map<string, Tally>();
  /** Of callers beyond the bound. */
  private lost = 0;

  add(refused: Refused, action: string, code: string): void {
    const who = JSON.stringify([refused.tenant, refused.actor.kind, refused.actor.id]);
    const tally = this.tallies.get(who) ?? { refused, counts: new Map() };
    if (!this.tallies.has(who)) {
      if (this.tallies.size >= mostCallers) {
        this.lost += 1;
        return;
      }
      this.tallies.set(who, tally);
    }
    const kind = JSON.stringify([action, code]);
    const known = tally.counts.get(kind);
    if (known === undefined && tally.counts.size >= mostKinds) {
      this.raise(tally, 'OTHER', { action: 'other', code: 'OTHER' });
      return;
    }
    this.raise(tally, kind, { action, code });
  }

  /** Everything counted so far; counting begins anew. */
  collect(): {
    readonly tallies: readonly { readonly refused: Refused; readonly denials: CountedDenials }[];
    readonly lost: number;
  } {
    const { tallies, lost } = this;
    this.tallies = new Map();
    this.lost = 0;
    return {
      tallies: [...tallies.values()].map(({ refused, counts }) => ({
        refused,
        denials: [...counts.values()],
      })),
      lost,
    };
  }

  private raise({ counts }: Tally, kind: string, what: { action: string; code: string }): void {
    counts.set(kind, { ...what, count: (counts.get(kind)?.count ?? 0) + 1 });
  }
}
