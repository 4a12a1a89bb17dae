/** A server process that can be started anew on the same data and port. */
export interface Server {
  readonly pid: number;
  stop(): Promise<void>;
}

const lookEveryMs = 250;
const longestPauseMs = 5_000;
/** Starts that fail one after the other before it is given up: with the pauses, about two minutes. */
const mostFailures = 30;
/** A server that lives this long starts with a clean record. */
const provenMs = 60_000;

/** Looks after a server: starts it again when it is gone, with growing pauses, and gives up when it never comes back. */
export class WatchedServer {
  private stopping = false;
  private heldUntil = 0;
  private failures = 0;
  private startedAt = Date.now();
  private readonly watching: Promise<void>;

  constructor(
    private readonly name: string,
    private server: Server,
    private readonly startAgain: () => Promise<Server>,
    private readonly report: (line: string) => void,
  ) {
    this.watching = this.watch();
  }

  get pid(): number {
    return this.server.pid;
  }

  /** Drills: it stays away for this long, however it ended. Milliseconds. */
  hold(ms: number): void {
    this.heldUntil = Date.now() + ms;
  }

  /** Ends the watch, then the server. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.watching;
    await this.server.stop();
  }

  private async watch(): Promise<void> {
    while (!this.stopping) {
      await pause(lookEveryMs);
      if (this.stopping || isAlive(this.server.pid) || Date.now() < this.heldUntil) continue;
      if (Date.now() - this.startedAt > provenMs) this.failures = 0;
      if (!(await this.restart())) return;
    }
  }

  /** @returns false when it is given up */
  private async restart(): Promise<boolean> {
    this.report(`${this.name} is gone; starting it again`);
    try {
      this.server = await this.startAgain();
      this.report(`${this.name} is back`);
    } catch (error) {
      this.report(`${this.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    // Also after a start that failed: what counts is how long this one lived, not the one before.
    this.startedAt = Date.now();
    this.failures += 1;
    if (this.failures >= mostFailures) {
      this.report(`${this.name} ended ${this.failures} times in a row and stays down`);
      return false;
    }
    const pauseMs = Math.min(100 * 2 ** this.failures, longestPauseMs);
    for (const end = Date.now() + pauseMs; Date.now() < end && !this.stopping;) await pause(lookEveryMs);
    return true;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
