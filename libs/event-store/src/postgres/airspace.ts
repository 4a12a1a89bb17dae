/** That many flights may be late. */
const maxLate = 2;

/**
 * How many flights of one process are in the air: statements for several callers. One that is longer away than `lateAfterMs` milliseconds
 * waits for a row that another process holds, or for a slow disk. It no longer counts, so that others pass it; two may be late.
 */
export class Airspace {
  /** And not late. */
  inTheAir = 0;
  private late = 0;

  constructor(private readonly lateAfterMs = 10) {}

  /**
   * Never rejects: a flight tells its passengers itself.
   * @param passed called when the flight has become late, so that others may depart
   * @param landed called in the moment when it no longer counts, before anybody else can depart
   */
  async fly(flight: () => Promise<void>, passed: () => void, landed: () => void): Promise<void> {
    this.inTheAir += 1;
    let counted = true;
    const timer = setTimeout(() => {
      if (this.late === maxLate) return;
      counted = false;
      this.late += 1;
      this.inTheAir -= 1;
      passed();
    }, this.lateAfterMs);
    try {
      await flight();
    } finally {
      clearTimeout(timer);
      if (counted) this.inTheAir -= 1;
      else this.late -= 1;
      landed();
    }
  }
}
