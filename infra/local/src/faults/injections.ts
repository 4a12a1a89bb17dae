import { type Drill } from './drill';
import { duplicateOnTopics } from './drill-topics';
import { freeze } from './frozen-replica';
import { poison } from './poison';
import { knock, writeUntilRefused } from './store-probes';
import { until } from './waiting';

const awayMs = 30_000;

export interface Injection {
  readonly name: string;
  readonly what: string;
  /** Absent: on both feeds. */
  readonly feed?: 'store' | 'kafka';
  /** The feed has no part in it: the short round of continuous integration plays it on the store feed only. */
  readonly once?: true;
  /**
   * Resolves when the fault is over; the system may still be recovering. @returns what showed that it really happened
   * @throws when it did not
   */
  inject(drill: Drill): Promise<string | undefined>;
}

const kill = (service: string): Injection => ({
  name: `kill-${service}`,
  what: `kill -9 of ${service}`,
  inject: (drill) => drill.killAndAwait(service),
});

const gateway = (mode: string, what: string): Injection => ({
  name: `sms-${mode}`,
  what: `the SMS gateway ${what} for 10 s`,
  once: true,
  inject: async (drill) => {
    const before = await drill.countOf('MessageOutcomeUnknown');
    await drill.setGatewayFault('sms', mode);
    await drill.pause(10_000);
    await drill.setGatewayFault('sms', 'none');
    await until(
      'a message with an unknown outcome',
      async () => (await drill.countOf('MessageOutcomeUnknown')) > before,
      30_000,
    );
    return `${(await drill.countOf('MessageOutcomeUnknown')) - before} messages had an unknown outcome`;
  },
});

const storeKilled: Injection = {
  name: 'kill-postgres',
  what: 'kill -9 of PostgreSQL; the launcher starts it again',
  inject: (drill) => drill.killAndAwait('postgres'),
};

const brokerKilled: Injection = {
  name: 'kill-kafka',
  what: 'kill -9 of the broker in mid-story; the launcher starts it again',
  feed: 'kafka',
  inject: (drill) => drill.killAndAwait('kafka'),
};

const storeAway: Injection = {
  name: 'store-away',
  what: 'PostgreSQL is gone for 30 s: connections are refused',
  inject: async (drill) => {
    drill.parts.system.holdPostgres(awayMs);
    const from = Date.now();
    const back = drill.killAndAwait('postgres');
    await until('a store that refuses', async () => (await knock(drill, 1_000)) === 'refuses', awayMs);
    await back;
    await until('a store that answers', async () => (await knock(drill, 1_000)) === 'answers', 60_000);
    const awayFor = Date.now() - from;
    if (awayFor < awayMs) throw new Error(`the store was away for ${awayFor} ms only`);
    return `connections were refused; away for ${(awayFor / 1000).toFixed(1)} s`;
  },
};

const storeSilent: Injection = {
  name: 'store-silent',
  once: true,
  what: 'PostgreSQL is silent for 30 s: connections hang (SIGSTOP of all its processes)',
  inject: async (drill) => {
    const processes = drill.postgresProcesses();
    const from = Date.now();
    try {
      for (const pid of processes) signal(pid, 'SIGSTOP');
      const found = await knock(drill, 3_000);
      if (found !== 'is silent') throw new Error(`the store ${found} while all its processes are stopped`);
      await drill.pause(awayMs - (Date.now() - from));
    } finally {
      for (const pid of [...processes].reverse()) signal(pid, 'SIGCONT');
    }
    return `a connection hung; silent for ${((Date.now() - from) / 1000).toFixed(1)} s`;
  },
};

const diskFull: Injection = {
  name: 'disk-full',
  once: true,
  what: 'the disk below PostgreSQL is full for 20 s',
  inject: async (drill) => {
    const { disk, say } = drill.parts;
    say(`      by ${disk.kind}`);
    if (disk.kind === 'not possible here')
      return 'nothing: this machine can neither mount nor limit file sizes';
    const from = Date.now();
    const left = disk.fill(drill.postgresProcesses());
    let said: string;
    try {
      said = await writeUntilRefused(drill, 60_000);
      await drill.pause(20_000 - Math.min(20_000, Date.now() - from));
    } finally {
      disk.free(drill.postgresProcesses());
    }
    await until(
      'a store that takes writes',
      async () => (await drill.query('create temp table room as select 1')).length === 0,
      60_000,
    );
    return `${left}; the store refused writes: ${said}`;
  },
};

const stopped = (service: string): Injection => ({
  name: `freeze-${service}`,
  what: `SIGSTOP of ${service} past its session until another process took over, then SIGCONT`,
  inject: (drill) => freeze(drill, service),
});

const disturbedFeed: Injection = {
  name: 'disturbed-feed',
  what: 'for 10 s half of all messages come twice and late, and topics overtake each other',
  inject: async (drill) => {
    const before = drill.logged('feed.fault.injected');
    drill.setFeedFaults({ duplicates: 0.5, delays: 0.3, delayMs: 1_500, shuffled: true });
    if (drill.endpoints.kafkaBrokers !== undefined) {
      const sent = await duplicateOnTopics(drill.endpoints.kafkaBrokers, drill.parts.chance);
      if (sent === 0) throw new Error('no message was produced once more');
      drill.parts.say(`      ${sent} old messages produced once more, in any order of the cases`);
    }
    await drill.pause(10_000);
    drill.setFeedFaults({});
    const disturbed = drill.logged('feed.fault.injected') - before;
    if (disturbed === 0) throw new Error('no message was disturbed');
    return `${disturbed} messages repeated, delayed or out of turn`;
  },
};

const poisonEvent: Injection = {
  name: 'poison',
  what: 'a message that routing can never handle: its case waits, others flow, redrive restores order',
  inject: poison,
};

const everything: Injection = {
  name: 'kill-everything',
  what: 'kill -9 of every service, PostgreSQL and the broker at once',
  inject: (drill) => drill.killAndAwait(...Object.keys(drill.endpoints.servers), ...drill.services),
};

export const injections: readonly Injection[] = [
  kill('intake'),
  kill('routing'),
  kill('dispatch'),
  kill('notification'),
  kill('history'),
  kill('backoffice'),
  storeKilled,
  brokerKilled,
  stopped('routing'),
  stopped('dispatch'),
  stopped('notification'),
  disturbedFeed,
  poisonEvent,
  storeAway,
  storeSilent,
  diskFull,
  gateway('hang', 'takes nothing and does not answer'),
  gateway('answer-late', 'accepts, and answers after our time-out'),
  gateway('cut-after-accept', 'accepts, then cuts the connection'),
  everything,
];

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
