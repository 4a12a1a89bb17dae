import { LRUCache } from 'lru-cache';

/** Which profile version each recently seen case was opened under; forgetting one costs a read of the case. */
export class PinnedVersions {
  private readonly versions = new LRUCache<string, number>({ max: 20_000 });

  learn(caseId: string, version: number | undefined): void {
    if (version !== undefined) this.versions.set(caseId, version);
  }

  of(caseId: string): number | undefined {
    return this.versions.get(caseId);
  }
}
