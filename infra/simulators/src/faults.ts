/** How a channel can be made to misbehave. */
export const faultModes = [
  'none',
  'hang',
  'reject',
  'answer-late',
  'cut-after-accept',
  'unavailable',
] as const;
export type FaultMode = (typeof faultModes)[number];

/**
 * The fault of one channel, for the next `count` submissions or until it is changed.
 *
 * `hang`: neither accepted nor answered. `reject`: refused for good. `answer-late`: accepted, answered after `delayMs`.
 * `cut-after-accept`: accepted, then the connection breaks. `unavailable`: refused for now.
 */
export class Fault {
  private mode: FaultMode = 'none';
  private remaining = 0;
  private delay = 0;

  set(mode: FaultMode, count: number | undefined, delayMs: number): void {
    this.mode = mode;
    this.remaining = count ?? Number.POSITIVE_INFINITY;
    this.delay = delayMs;
  }

  /** The fault that this submission meets. */
  take(): FaultMode {
    if (this.mode === 'none') return 'none';
    const mode = this.mode;
    this.remaining -= 1;
    if (this.remaining <= 0) this.mode = 'none';
    return mode;
  }

  get now(): FaultMode {
    return this.mode;
  }

  get delayMs(): number {
    return this.delay;
  }
}

export function isFaultMode(value: unknown): value is FaultMode {
  return faultModes.some((mode) => mode === value);
}
