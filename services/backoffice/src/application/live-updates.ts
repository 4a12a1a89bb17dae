import { type CaseRow } from '../domain/case-row';
import { type Staff, maySee } from '../domain/staff';

export interface LiveClient {
  readonly tenant: string;
  readonly staff: Staff;
  readonly send: (update: LiveUpdate) => void;
}

export interface LiveUpdate {
  readonly caseId: string;
  readonly stage: string;
  readonly version: number;
}

/** Open screens at once in this process; one more is told to come back later. */
export const maxLiveClients = 1_000;
/** Open screens of one account. */
export const maxLiveClientsPerAccount = 12;

/** Tells open screens which case changed, never what: each reads what it may see. */
export class LiveUpdates {
  private readonly clients = new Set<LiveClient>();

  /** Undefined: no room. The result ends the subscription. */
  join(client: LiveClient): (() => void) | undefined {
    const sameAccount = [...this.clients].filter((c) => c.staff.account === client.staff.account).length;
    if (this.clients.size >= maxLiveClients || sameAccount >= maxLiveClientsPerAccount) return undefined;
    this.clients.add(client);
    return () => this.clients.delete(client);
  }

  announce(row: CaseRow): void {
    const update: LiveUpdate = { caseId: row.caseId, stage: row.stage, version: row.version };
    for (const client of this.clients) {
      if (client.tenant === row.tenant && maySee(client.staff, row)) client.send(update);
    }
  }
}
