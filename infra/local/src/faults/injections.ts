import { type Drill } from './drill';
import { duplicateOnTopics } from './duplicated-topics';
import { poison } from './poison';
import { until } from './waiting';

export interface Injection {
  readonly name: string;
  readonly what: string;
  /** Absent: on both feeds. */
  readonly feed?: 'store' | 'kafka';
  /** Part of the short round of continuous integration. */
  readonly short?: true | 'store' | 'kafka';
  /** Resolves when the fault is over; the system may still be recovering. */
  inject(drill: Drill): Promise<void>;
}

const kill = (service: string, short?: Injection['short']): Injection => ({
  name: `kill-${service}`,
  what: `kill -9 of ${service}`,
  ...(short === undefined ? {} : { short }),
  inject: (drill) => drill.killAndAwait(service),
});

const gateway = (mode: string, what: string, short?: Injection['short']): Injection => ({
  name: `sms-${mode}`,
  what: `the SMS gateway ${what} for 12 s`,
  ...(short === undefined ? {} : { short }),
  inject: async (drill) => {
    await drill.setGatewayFault('sms', mode);
    await drill.pause(12_000);
    await drill.setGatewayFault('sms', 'none');
  },
});

const storeKilled: Injection = {
  name: 'kill-postgres',
  what: 'kill -9 of PostgreSQL; the launcher starts it again',
  short: 'store',
  inject: (drill) => drill.killAndAwait('postgres'),
};

const brokerKilled: Injection = {
  name: 'kill-kafka',
  what: 'kill -9 of the broker in mid-story; the launcher starts it again',
  feed: 'kafka',
  short: 'kafka',
  inject: (drill) => drill.killAndAwait('kafka'),
};

const storeAway: Injection = {
  name: 'store-away',
  what: 'PostgreSQL is gone for 30 s: connections are refused',
  inject: async (drill) => {
    drill.parts.system.holdPostgres(30_000);
    await drill.killAndAwait('postgres');
  },
};

const storeSilent: Injection = {
  name: 'store-silent',
  what: 'PostgreSQL is silent for 30 s: connections hang (SIGSTOP of all its processes)',
  inject: async (drill) => {
    const processes = drill.postgresProcesses();
    for (const pid of processes) signal(pid, 'SIGSTOP');
    await drill.pause(30_000);
    for (const pid of [...processes].reverse()) signal(pid, 'SIGCONT');
  },
};

const diskFull: Injection = {
  name: 'disk-full',
  what: 'the disk below PostgreSQL is full for 20 s',
  inject: async (drill) => {
    const { disk, say } = drill.parts;
    say(`      by ${disk.kind}`);
    if (disk.kind === 'not possible here') return;
    disk.fill(drill.postgresProcesses());
    try {
      await drill.pause(20_000);
    } finally {
      disk.free(drill.postgresProcesses());
    }
    await until(
      'a store that takes writes',
      async () => (await drill.query('create temp table room as select 1')).length === 0,
      60_000,
    );
  },
};

const stopped = (service: string, short?: Injection['short']): Injection => ({
  name: `freeze-${service}`,
  what: `SIGSTOP of ${service} for 15 s, past its session, then SIGCONT`,
  ...(short === undefined ? {} : { short }),
  inject: async (drill) => {
    const pid = drill.pid(service);
    signal(pid, 'SIGSTOP');
    await drill.pause(15_000);
    signal(pid, 'SIGCONT');
  },
});

const disturbedFeed: Injection = {
  name: 'disturbed-feed',
  what: 'for 12 s half of all messages come twice and late, and topics overtake each other',
  short: true,
  inject: async (drill) => {
    drill.setFeedFaults({ duplicates: 0.5, delays: 0.3, delayMs: 1_500, shuffled: true });
    if (drill.endpoints.kafkaBrokers !== undefined) {
      const sent = await duplicateOnTopics(drill.endpoints.kafkaBrokers, drill.parts.chance);
      drill.parts.say(`      ${sent} old messages produced once more, in any order of the cases`);
    }
    await drill.pause(12_000);
    drill.setFeedFaults({});
  },
};

const poisonEvent: Injection = {
  name: 'poison',
  what: 'a message that routing can never handle: its case waits, others flow, redrive restores order',
  short: true,
  inject: poison,
};

const everything: Injection = {
  name: 'kill-everything',
  what: 'kill -9 of every service, PostgreSQL and the broker at once',
  short: 'store',
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
  stopped('dispatch', 'kafka'),
  stopped('notification'),
  disturbedFeed,
  poisonEvent,
  storeAway,
  storeSilent,
  diskFull,
  gateway('hang', 'takes nothing and does not answer'),
  gateway('answer-late', 'accepts, and answers after our time-out'),
  gateway('cut-after-accept', 'accepts, then cuts the connection', 'store'),
  everything,
];

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
