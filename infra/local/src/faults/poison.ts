import { World } from '@balagh/stories';
import { type Drill } from './drill';
import { alarmsOf } from './drill-evidence';
import { groupsBefore, type Place, produceUnreadable } from './drill-topics';
import { until } from './waiting';

const routing = 'routing.case-registered';
const messages = 'notification.case-events';
const tenant = 'MUS';
const withinMs = 120_000;

/**
 * Two poisoned cases. One is refused by routing and goes nowhere; over Kafka an unreadable message meets it, too. The other is
 * refused by notification while it goes on through routing, second line and a transfer to an agency: several messages wait for
 * one consumer. Checks alarm, waiting and flowing, mends both with `npm run redrive`, and checks the order of what follows.
 */
export async function poison(drill: Drill): Promise<string> {
  const world = new World(drill.endpoints, withinMs);
  try {
    const [unrouted, untold] = [await openedCase(world), await openedCase(world)];
    drill.setFeedFaults({
      poisoned: [
        { consumer: routing, caseId: unrouted },
        { consumer: messages, caseId: untold },
      ],
    });
    for (const caseId of [unrouted, untold]) await register(world, caseId);
    const brokers = drill.endpoints.kafkaBrokers;
    const unreadable =
      brokers === undefined ? undefined : await produceUnreadable(brokers, 'case.intake', unrouted);
    await until('the alarms of the parked cases', () => alarms(drill, routing, unrouted) > 0, withinMs);
    await until('the alarms of the parked cases', () => alarms(drill, messages, untold) > 0, withinMs);

    await othersFlow(drill, world);
    await transfer(drill, world, untold);
    await until('messages that wait for notification', () => waits(drill, untold), withinMs);
    await refuse(drill, unrouted, 'CaseRouted');
    await refuse(drill, untold, 'NotificationRequested');

    drill.setFeedFaults({});
    await redrive(drill, routing, unrouted);
    await redrive(drill, messages, untold);
    if (brokers !== undefined && unreadable !== undefined) await readByAll(drill, brokers, unreadable);
    await redriveOthers(drill, unrouted);
    await inOrder(drill, unrouted, ['CaseRegistered', 'CaseRouted', 'CaseSentToSecondLine']);
    const told = await toldInOrder(drill, untold);
    return `parked with an alarm, others flowed; after the redrive routed once and told in order: ${told.join(', ')}`;
  } finally {
    drill.setFeedFaults({});
    world.close();
  }
}

/** A consumer that was just killed joins its group only when its old session is over, and parks the case then. */
async function readByAll(drill: Drill, brokers: string, place: Place): Promise<void> {
  const consumers = await Promise.all(drill.services.map((service) => drill.consumersOf(service)));
  await until(
    'consumers that all met the unreadable message',
    async () => {
      const before = await groupsBefore(brokers, place, consumers.flat());
      if (before.length > 0) throw new Error(`not yet: ${before.join(', ')}`);
      return true;
    },
    withinMs,
  );
}

async function othersFlow(drill: Drill, world: World): Promise<void> {
  const other = await openedCase(world);
  await register(world, other);
  await until(
    'another case that flows',
    async () => {
      const types = await typesOf(drill, other);
      return types.includes('CaseSentToSecondLine') && types.includes('NotificationRequested');
    },
    withinMs,
  );
}

async function transfer(drill: Drill, world: World, caseId: string): Promise<void> {
  await until(
    'the case in the second line’s queue',
    async () => (await typesOf(drill, caseId)).includes('CaseSentToSecondLine'),
    withinMs,
  );
  const distributor = await world.staff('mus.distributor', tenant);
  await distributor.queued('SECOND_LINE', caseId);
  await distributor.command('Dispatch', 'TransferCase', { caseId });
}

/** The transfer’s message came, later than the one that failed first. */
async function waits(drill: Drill, caseId: string): Promise<boolean> {
  const rows = await drill.query(
    `select 1 from notification.feed_parked p where case_id = $1 and waiting_revision >=
       (select revision from eventstore.events where stream = $2 and type = 'CaseTransferred')`,
    [caseId, `case-${caseId}`],
  );
  return rows.length > 0;
}

async function refuse(drill: Drill, caseId: string, type: string): Promise<void> {
  if ((await typesOf(drill, caseId)).includes(type)) throw new Error(`${type} in a case that should wait`);
}

/** Once each, and in this order. */
async function inOrder(drill: Drill, caseId: string, wanted: readonly string[]): Promise<void> {
  const found = async (): Promise<readonly string[]> =>
    (await typesOf(drill, caseId)).filter((type) => wanted.includes(type));
  await until(
    `${wanted.at(-1)} of the redriven case`,
    async () => (await found()).includes(wanted.at(-1) ?? ''),
    withinMs,
  );
  const order = await found();
  if (order.join() !== wanted.join()) throw new Error(`after the redrive: ${order.join(' → ')}`);
}

/** Messages are asked for in the order of the events that ask for them. @returns these events’ types */
async function toldInOrder(drill: Drill, caseId: string): Promise<readonly string[]> {
  const asked = (): Promise<{ trigger: string; at: number }[]> =>
    drill.query<{ trigger: string; at: number }>(
      `select data::json->>'trigger' as trigger, (data::json->>'triggerRevision')::int as at
       from eventstore.events where stream = $1 and type = 'NotificationRequested' order by revision`,
      [`case-${caseId}`],
    );
  await until(
    'the messages of the redriven case',
    async () => (await asked()).some(({ trigger }) => trigger === 'CaseTransferred'),
    withinMs,
  );
  const found = await asked();
  const triggers = [...new Set(found.map(({ trigger }) => trigger))];
  const ascending = found.every(({ at }, n) => at >= (found[n - 1]?.at ?? 0));
  if (!ascending || !triggers.includes('CaseRegistered'))
    throw new Error(
      `after the redrive messages were asked for by ${found.map(({ trigger }) => trigger).join(' → ')}`,
    );
  return triggers;
}

async function openedCase(world: World): Promise<string> {
  const agent = await world.staff('mus.agent', tenant);
  const { caseId } = await agent.command('Intake', 'OpenCase', { channel: 'PHONE_1111' });
  const form = {
    caseType: 'NOTE',
    category: 'WATER',
    language: 'ar',
    details: 'تسرب مياه',
    phone: '+96890000002',
  };
  await agent.command('Intake', 'FillForm', { caseId, form });
  return caseId;
}

async function register(world: World, caseId: string): Promise<void> {
  const agent = await world.staff('mus.agent', tenant);
  await agent.command('Intake', 'RegisterCase', { caseId });
}

function alarms(drill: Drill, consumer: string, caseId: string): number {
  return alarmsOf(drill).filter((one) => one.consumer === consumer && one.caseId === caseId).length;
}

async function typesOf(drill: Drill, caseId: string): Promise<readonly string[]> {
  const rows = await drill.query<{ type: string }>(
    'select type from eventstore.events where stream = $1 order by revision',
    [`case-${caseId}`],
  );
  return rows.map(({ type }) => type);
}

async function redrive(drill: Drill, ...of: readonly string[]): Promise<void> {
  const { ok, said } = await drill.tool('infra/local/redrive.mjs', ...of);
  if (!ok) throw new Error(`redrive ${of.join(' ')}: ${said}`);
}

/** An unreadable message on the topic parks its case for every consumer of the topic. */
async function redriveOthers(drill: Drill, caseId: string): Promise<void> {
  if (drill.endpoints.kafkaBrokers === undefined) return;
  await until(
    'the case parked nowhere',
    async () => {
      await redrive(drill, '--all');
      const parked = await Promise.all(
        Object.keys(drill.endpoints.services).map((service) =>
          drill.query(`select 1 from ${service}.feed_parked where case_id = $1`, [caseId]),
        ),
      );
      return parked.every((rows) => rows.length === 0);
    },
    withinMs,
  );
}
