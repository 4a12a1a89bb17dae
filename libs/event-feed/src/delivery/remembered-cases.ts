const casesRemembered = 1_000;

/**
 * What a process knows of the cases that it handled last: how far a projection has read, or what was noted as handled. Only in memory: after a restart
 * messages come again, and change nothing.
 */
export class RememberedCases<Known> {
  /** In the order of their last note. */
  private readonly cases = new Map<string, { readonly known: Known; readonly at: number }>();

  /** What was kept longer ago than so many milliseconds is not known any more. */
  constructor(private readonly validMs = Number.POSITIVE_INFINITY) {}

  of(caseId: string): Known | undefined {
    const entry = this.cases.get(caseId);
    return entry === undefined || performance.now() - entry.at > this.validMs ? undefined : entry.known;
  }

  keep(caseId: string, known: Known): void {
    this.cases.delete(caseId);
    this.cases.set(caseId, { known, at: performance.now() });
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
