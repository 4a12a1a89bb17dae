import {
  type AttachmentKey,
  type AttachmentOwner,
  type AttachmentStore,
  type SealedFile,
} from '../src/application/attachment-store.port';
import { type CaseNumbers, type ReservedNumber } from '../src/application/case-numbers.port';
import { type CaseStatus, type CaseStatuses } from '../src/application/case-statuses.port';
import { type DuplicateKeys, type KeyHolder } from '../src/application/duplicate-keys.port';
import { type Outbound } from '../src/application/intake';
import { type ReporterContact, type ReporterContacts } from '../src/application/reporter-contacts.port';
import { SharpEvidenceInspector } from '../src/outbound/sharp-evidence-inspector.adapter';

export class MemoryCaseNumbers implements CaseNumbers {
  private readonly counters = new Map<string, number>();
  private readonly reserved = new Map<string, ReservedNumber>();
  private position: string | undefined;

  async reserve(tenant: string, year: string, caseId: string): Promise<ReservedNumber> {
    const known = this.reserved.get(`${tenant} ${caseId}`);
    if (known !== undefined) return known;
    const number = (this.counters.get(`${tenant} ${year}`) ?? 0) + 1;
    this.counters.set(`${tenant} ${year}`, number);
    this.reserved.set(`${tenant} ${caseId}`, { year, number });
    return { year, number };
  }

  async raise(tenant: string, year: string, number: number): Promise<void> {
    const key = `${tenant} ${year}`;
    this.counters.set(key, Math.max(number, this.counters.get(key) ?? 0));
  }

  async searchedTo(): Promise<string | undefined> {
    return this.position;
  }

  async markSearched(position: string): Promise<void> {
    this.position = position;
  }
}

export class MemoryDuplicateKeys implements DuplicateKeys {
  private readonly holders = new Map<string, { caseId: string; claimedAt: number }>();

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  async claim(tenant: string, key: string, caseId: string): Promise<KeyHolder> {
    const name = `${tenant} ${key}`;
    const known = this.holders.get(name);
    const holder = known === undefined || known.caseId === caseId ? { caseId, claimedAt: this.now() } : known;
    this.holders.set(name, holder);
    return { caseId: holder.caseId, heldForMs: this.now() - holder.claimedAt };
  }

  async takeOver(tenant: string, key: string, from: string, to: string): Promise<boolean> {
    const name = `${tenant} ${key}`;
    if (this.holders.get(name)?.caseId !== from) return false;
    this.holders.set(name, { caseId: to, claimedAt: this.now() });
    return true;
  }
}

export class MemoryReporterContacts implements ReporterContacts {
  readonly rows = new Map<string, ReporterContact>();

  async remember(contact: ReporterContact): Promise<void> {
    const kept = this.rows.get(contact.caseId);
    if (kept === undefined || kept.version <= contact.version) this.rows.set(contact.caseId, contact);
  }

  async forget(caseId: string): Promise<void> {
    this.rows.delete(caseId);
  }
}

export class MemoryCaseStatuses implements CaseStatuses {
  readonly rows = new Map<string, CaseStatus>();

  constructor(private readonly contacts: MemoryReporterContacts) {}

  async save(status: CaseStatus): Promise<void> {
    const kept = this.rows.get(status.caseId);
    if (kept === undefined || kept.version < status.version) this.rows.set(status.caseId, status);
  }

  async find(tenant: string, caseNumber: string, phoneIndex: string): Promise<CaseStatus | undefined> {
    return [...this.rows.values()].find(
      (row) =>
        row.tenant === tenant &&
        row.caseNumber === caseNumber &&
        this.contacts.rows.get(row.caseId)?.phoneIndex === phoneIndex,
    );
  }

  async replaceAll(statuses: AsyncIterable<CaseStatus>): Promise<number> {
    const fresh = new Map<string, CaseStatus>();
    for await (const status of statuses) fresh.set(status.caseId, status);
    this.rows.clear();
    for (const [caseId, status] of fresh) this.rows.set(caseId, status);
    return fresh.size;
  }
}

export class MemoryAttachments implements AttachmentStore {
  readonly files = new Map<string, Uint8Array>();

  async put({ tenant, caseId }: AttachmentOwner, files: readonly SealedFile[]): Promise<void> {
    for (const { attachmentId, sealed } of files)
      this.files.set(`${tenant}/${caseId}/${attachmentId}`, Uint8Array.from(sealed));
  }

  async get({ tenant, caseId, attachmentId }: AttachmentKey): Promise<Uint8Array | undefined> {
    return this.files.get(`${tenant}/${caseId}/${attachmentId}`);
  }
}

export interface MemoryOutbound extends Outbound {
  readonly contacts: MemoryReporterContacts;
  readonly statuses: MemoryCaseStatuses;
  readonly attachments: MemoryAttachments;
}

/** Every port in memory; evidence is inspected for real. */
export function memoryOutbound(): MemoryOutbound {
  const contacts = new MemoryReporterContacts();
  return {
    numbers: new MemoryCaseNumbers(),
    duplicateKeys: new MemoryDuplicateKeys(),
    contacts,
    statuses: new MemoryCaseStatuses(contacts),
    attachments: new MemoryAttachments(),
    inspector: new SharpEvidenceInspector(),
  };
}
