import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

export interface ServiceProcess {
  readonly name: string;
  /** Compiled entry point. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a service tells its parent when it is ready. */
interface ReadyMessage {
  readonly ready: true;
  readonly service: string;
}

const readyWithinMs = 60_000;
const stopWithinMs = 12_000;
/** A process that dies more often than this within a minute stays down: something is broken, not unlucky. */
const restartsPerMinute = 20;

/**
 * Runs services as separate processes: waits until each is ready, restarts dead ones with growing pauses, and stops all
 * of them. Children notice a vanished parent by the closed IPC channel and end themselves.
 */
export class Supervisor {
  private readonly children = new Map<string, ChildProcess>();
  private readonly logs = new Map<string, number>();
  private stopping = false;

  constructor(
    private readonly logDirectory: string,
    private readonly report: (line: string) => void,
    /** A service was restarted: its process id is another one now. */
    private readonly changed: () => void = () => undefined,
  ) {}

  /** Starts them side by side; resolves when all are ready. @throws naming the service that is not, and its log */
  async start(services: readonly ServiceProcess[], onReady: (name: string) => void): Promise<void> {
    await Promise.all(
      services.map(async (service) => {
        await this.launch(service);
        onReady(service.name);
      }),
    );
  }

  pids(): ReadonlyMap<string, number> {
    return new Map(
      [...this.children].flatMap(([name, child]) => (child.pid === undefined ? [] : [[name, child.pid]])),
    );
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.children.values()].map((child) => end(child)));
    for (const log of this.logs.values()) closeSync(log);
    this.logs.clear();
  }

  private launch(service: ServiceProcess, restarts: readonly number[] = []): Promise<void> {
    const log = this.logOf(service.name);
    const child = fork(service.main, [], {
      env: { ...process.env, ...service.env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    this.children.set(service.name, child);
    return new Promise((ready, failed) => {
      const timer = setTimeout(
        () =>
          failed(
            new Error(
              `${service.name} was not ready within ${readyWithinMs} ms; see ${this.logPath(service.name)}`,
            ),
          ),
        readyWithinMs,
      );
      let announced = false;
      child.on('message', (message) => {
        if (!isReady(message)) return;
        announced = true;
        clearTimeout(timer);
        ready();
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (this.stopping) return;
        if (!announced && restarts.length === 0) {
          failed(
            new Error(
              `${service.name} ended (${signal ?? code}) before it was ready; see ${this.logPath(service.name)}`,
            ),
          );
          return;
        }
        this.restart(service, restarts, `${signal ?? code}`);
      });
    });
  }

  private restart(service: ServiceProcess, restarts: readonly number[], cause: string): void {
    const now = Date.now();
    const recent = [...restarts.filter((at) => now - at < 60_000), now];
    if (recent.length > restartsPerMinute) {
      this.report(
        `${service.name} ended ${recent.length} times within a minute and stays down; see ${this.logPath(service.name)}`,
      );
      return;
    }
    const pauseMs = Math.min(200 * 2 ** (recent.length - 1), 5_000);
    this.report(`${service.name} ended (${cause}); restarting in ${pauseMs} ms`);
    setTimeout(() => {
      if (this.stopping) return;
      this.launch(service, recent).then(
        () => {
          this.report(`${service.name} is back`);
          this.changed();
        },
        (error: unknown) => this.report(String(error)),
      );
    }, pauseMs);
  }

  /** The file that a service writes itself: what it says last is there, also when this process is gone. Begun anew at each start of ours. */
  private logOf(name: string): number {
    const known = this.logs.get(name);
    if (known !== undefined) return known;
    const log = openSync(
      this.logPath(name),
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND,
      0o644,
    );
    this.logs.set(name, log);
    return log;
  }

  private logPath(name: string): string {
    return join(this.logDirectory, `${name}.log`);
  }
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((ended) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    child.once('exit', () => {
      clearTimeout(timer);
      ended();
    });
    child.kill('SIGTERM');
  });
}
