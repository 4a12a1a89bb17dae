const casesRemembered = 1_000;

/**
 * A revision per case, or per case and topic: how far projections have read, or what was noted as handled. Only in memory: after a restart messages
 * come again, and change nothing.
 */
export class RevisionsByCase {
  /** In the order of their last note. */
  private readonly cases = new Map<string, Map<string, { readonly revision: number; readonly at: number }>>();

  constructor(private readonly validMs = Number.POSITIVE_INFINITY) {}

  of(caseId: string, topic = ''): number | undefined {
    const entry = this.cases.get(caseId)?.get(topic);
    return entry === undefined || performance.now() - entry.at > this.validMs ? undefined : entry.revision;
  }

  note(caseId: string, revision: number, topic = ''): void {
    const entries = this.cases.get(caseId) ?? new Map<string, { revision: number; at: number }>();
    this.cases.delete(caseId);
    this.cases.set(caseId, entries.set(topic, { revision, at: performance.now() }));
    if (this.cases.size <= casesRemembered) return;
    for (const oldest of this.cases.keys()) {
      this.cases.delete(oldest);
      return;
    }
  }

  forget(caseId: string): void {
    this.cases.delete(caseId);
  }

  clear(): void {
    this.cases.clear();
  }
}
