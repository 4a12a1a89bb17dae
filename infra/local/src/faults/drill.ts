import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FeedFaultSettings } from '@balagh/event-feed';
import { Client } from 'pg';
import { projectRoot } from '../data-directory';
import { type Endpoints, type RunningSystem } from '../system';
import { type Chance } from './random';
import { type FullDisk } from './full-disk';
import { pause, until } from './waiting';

/** Generous: a loaded machine needs a minute to start the services again. */
const backWithinMs = 300_000;
const requestWithinMs = 15_000;
const toolWithinMs = 180_000;

export interface DrillParts {
  readonly system: RunningSystem;
  readonly dataDir: string;
  readonly faultsFile: string;
  readonly disk: FullDisk;
  readonly chance: Chance;
  readonly say: (line: string) => void;
}

/** What an injection may do to the running system. */
export class Drill {
  private phones = 0;

  constructor(readonly parts: DrillParts) {}

  get endpoints(): Endpoints {
    return this.parts.system.endpoints;
  }

  get services(): readonly string[] {
    return Object.keys(this.endpoints.http);
  }

  /** Last digits of a phone number that no report of this drill has used. */
  nextPhone(): number {
    return (this.phones += 1);
  }

  /** Names of a service’s consumers; over Kafka also of their groups. */
  async consumersOf(service: string): Promise<readonly string[]> {
    return Object.keys((await this.stateOf(service)).consumers);
  }

  pid(name: string): number {
    const pid = this.endpoints.pids[name] ?? this.endpoints.servers[name];
    if (pid === undefined) throw new Error(`${name} has no process here`);
    return pid;
  }

  /** The postmaster and everything below it. */
  postgresProcesses(): readonly number[] {
    const postmaster = this.pid('postgres');
    const rows = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const children = rows
      .map((row) => row.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === postmaster);
    return [postmaster, ...children.map(([pid = 0]) => pid)];
  }

  /** kill -9 of services or servers at once; resolves when all are back in another process. */
  async killAndAwait(...names: readonly string[]): Promise<string> {
    const before = names.map((name) => [name, this.pid(name)] as const);
    for (const [, pid] of before) process.kill(pid, 'SIGKILL');
    await until(
      `${names.join(', ')} in new processes`,
      () => before.every(([name, pid]) => this.pid(name) !== pid),
      backWithinMs,
    );
    return before.map(([name, pid]) => `${name} was ${pid}, is ${this.pid(name)}`).join('; ');
  }

  setFeedFaults(settings: FeedFaultSettings): void {
    writeFileSync(this.parts.faultsFile, JSON.stringify(settings));
  }

  /** How the channel's gateway misbehaves from now on. */
  async setGatewayFault(channel: 'sms', mode: string): Promise<void> {
    const answer = await fetch(`${this.endpoints.simulatorsUrl}/${channel}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode }),
      signal: AbortSignal.timeout(requestWithinMs),
    });
    if (!answer.ok) throw new Error(`the simulator refused fault ${mode}: ${answer.status}`);
  }

  /** Every service says that it can work, no consumer has anything waiting, nothing is parked; three times in a row. */
  async quiet(): Promise<void> {
    let inARow = 0;
    await until(
      'a quiet system',
      async () => {
        const busy = (await Promise.all(this.services.map((service) => this.busyIn(service)))).flat();
        inARow = busy.length > 0 ? 0 : inARow + 1;
        if (busy.length > 0) throw new Error(`still busy: ${busy.join('; ')}`);
        return inARow >= 3;
      },
      backWithinMs,
    );
  }

  /** Every message that was asked for has an outcome, and their gateways told that they were delivered. */
  async settled(): Promise<void> {
    await until(
      'an outcome of every message',
      async () => {
        const [open] = await this.query<{ n: number }>(`
        select (count(*) filter (where type = 'NotificationRequested') - count(*) filter (where type in ('NotificationSent', 'NotificationFailed')))::int as n
        from eventstore.events where category = 'case'`);
        return open?.n === 0;
      },
      backWithinMs,
    );
    await until(
      'message streams that stand still',
      async () => {
        const count = async (): Promise<string> =>
          JSON.stringify(await this.query('select count(*) from eventstore.events'));
        const before = await count();
        await pause(3_000);
        return before === (await count());
      },
      backWithinMs,
    );
    // A worker that was killed between a message's last event and its row leaves the row as it was, until its lease ends.
    await until(
      'messages that no dead worker holds',
      async () => {
        const [held] = await this.query<{ n: number }>(
          'select count(*)::int as n from notification.message where lease_owner is not null',
        );
        return held?.n === 0;
      },
      backWithinMs,
    );
  }

  async ready(): Promise<void> {
    await until(
      'readiness of all services',
      async () => (await Promise.all(this.services.map((s) => this.stateOf(s)))).every(({ ready }) => ready),
      backWithinMs,
    );
  }

  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new Client({
      connectionString: this.endpoints.adminDatabaseUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 60_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Runs one of the project's tools against this system. Not synchronously: the issuer lives in this process. */
  tool(path: string, ...args: readonly string[]): Promise<{ readonly ok: boolean; readonly said: string }> {
    const env = {
      ...process.env,
      DATABASE_URL: '',
      BALAGH_ENDPOINTS: join(this.parts.dataDir, 'endpoints.json'),
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(projectRoot, path), ...args],
        { env, timeout: toolWithinMs },
        (error, stdout, stderr) => resolve({ ok: error === null, said: `${stdout}${stderr}`.trim() }),
      );
    });
  }

  /** The lines that all processes of a service logged since the launcher started. */
  logOf(service: string): readonly string[] {
    const logs = join(this.parts.dataDir, 'logs');
    return readdirSync(logs)
      .filter((name) => name === `${service}.log` || name.startsWith(`${service}-replica-`))
      .flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'));
  }

  /** How often this line was logged by any service, by its stable event name. */
  logged(event: string): number {
    return this.services
      .flatMap((service) => this.logOf(service))
      .filter((line) => line.includes(`"event":"${event}"`)).length;
  }

  /** How many events are stored. */
  async events(): Promise<number> {
    const [row] = await this.query<{ n: number }>('select count(*)::int as n from eventstore.events');
    return row?.n ?? 0;
  }

  /** How many events of a type are stored. */
  async countOf(type: string): Promise<number> {
    const [row] = await this.query<{ n: number }>(
      'select count(*)::int as n from eventstore.events where type = $1',
      [type],
    );
    return row?.n ?? 0;
  }

  pause = pause;

  /** What keeps a service from being quiet, in words. */
  private async busyIn(service: string): Promise<string[]> {
    const { ready, feed, consumers } = await this.stateOf(service);
    const busy = Object.entries(consumers).filter(([, { lag, parked }]) => lag !== 0 || parked !== 0);
    return [
      ...(ready ? [] : [`${service} is not ready`]),
      ...(feed === 'up' ? [] : [`${service} does not know what waits for it`]),
      ...busy.map(([name, { lag, parked }]) => `${name} has ${lag} waiting and ${parked} parked`),
    ];
  }

  private async stateOf(service: string): Promise<ReadyReport> {
    const answer = await fetch(`${this.endpoints.http[service]}/readyz`, {
      signal: AbortSignal.timeout(requestWithinMs),
    });
    return (await answer.json()) as ReadyReport;
  }
}

interface ReadyReport {
  readonly ready: boolean;
  readonly feed: 'up' | 'down';
  readonly consumers: Readonly<
    Record<string, { readonly lag: number | null; readonly parked: number | null }>
  >;
}
