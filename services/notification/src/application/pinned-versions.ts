const KEPT = 20_000;

/** Which profile version each recently seen case was opened under; forgetting one costs a read of the case. */
export class PinnedVersions {
  private readonly versions = new Map<string, number>();

  learn(caseId: string, version: number | undefined): void {
    if (version === undefined) return;
    this.versions.delete(caseId);
    this.versions.set(caseId, version);
    if (this.versions.size <= KEPT) return;
    const oldest = this.versions.keys().next().value;
    if (oldest !== undefined) this.versions.delete(oldest);
  }

  of(caseId: string): number | undefined {
    return this.versions.get(caseId);
  }
}
