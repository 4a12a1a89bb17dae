import { Kafka, logLevel } from 'kafkajs';
import { type Drill } from './drill';
import { endSessionsOf } from './store-probes';
import { until } from './waiting';

const frozenForMs = 12_000;
const withinMs = 120_000;

/** What a service’s first consumer does to a case that nobody else does. */
const effectOf: Readonly<Record<string, string>> = {
  routing: 'CaseRouted',
  dispatch: 'CaseSentToSecondLine',
  notification: 'NotificationRequested',
};

/**
 * SIGSTOP of a service until its session is surely over and another process of it has taken over; then SIGCONT: the old one wakes
 * up in the middle of what it was doing, and for a while there are two. Over Kafka the broker itself must have expelled the
 * frozen members. On the store feed the session is a database connection, which the kernel of a living machine keeps: the
 * drill ends it, as the server does to a dead machine’s.
 */
export async function freeze(drill: Drill, service: string): Promise<string> {
  const groups = await Groups.of(drill, service);
  const members = await groups?.members();
  const pid = drill.pid(service);
  process.kill(pid, 'SIGSTOP');
  const from = Date.now();
  let replica: { stop(): Promise<void> } | undefined;
  try {
    const ended = groups === undefined ? await endSessionsOf(drill, service) : 0;
    const before = await drill.countOf(effectOf[service] ?? '');
    replica = await drill.parts.system.startReplica(service);
    await until(
      `the frozen ${service} out of its groups`,
      async () => groups === undefined || (await groups.without(members ?? [])),
      withinMs,
    );
    await until(
      `${service} taken over by another process`,
      async () => (await drill.countOf(effectOf[service] ?? '')) > before,
      withinMs,
    );
    const took = Date.now() - from;
    await drill.pause(Math.max(0, frozenForMs - took));
    return `taken over ${(took / 1000).toFixed(1)} s after the freeze; ${groups === undefined ? `${ended} sessions ended` : `${members?.length ?? 0} members expelled by the broker`}; frozen for ${Math.round((Date.now() - from) / 1000)} s`;
  } finally {
    process.kill(pid, 'SIGCONT');
    await drill.pause(2_000);
    await replica?.stop();
    await groups?.close();
  }
}

/** A service’s consumer groups, as the broker sees them. */
class Groups {
  private constructor(
    private readonly admin: ReturnType<Kafka['admin']>,
    private readonly names: readonly string[],
  ) {}

  static async of(drill: Drill, service: string): Promise<Groups | undefined> {
    const { kafkaBrokers } = drill.endpoints;
    if (kafkaBrokers === undefined) return undefined;
    const admin = new Kafka({
      clientId: 'fault-drill',
      brokers: kafkaBrokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { retries: 10, initialRetryTime: 100 },
    }).admin();
    await admin.connect();
    return new Groups(admin, await drill.consumersOf(service));
  }

  async members(): Promise<readonly string[]> {
    const { groups } = await this.admin.describeGroups([...this.names]);
    return groups.flatMap((group) => group.members.map(({ memberId }) => memberId));
  }

  /** None of these is left, and somebody is there. */
  async without(old: readonly string[]): Promise<boolean> {
    const now = await this.members();
    return old.length > 0 && now.length > 0 && now.every((member) => !old.includes(member));
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }
}
