import { World } from '@balagh/stories';
import { type Drill } from './drill';
import { produceUnreadable } from './duplicated-topics';
import { until } from './waiting';

const consumer = 'routing.case-registered';
const tenant = 'MUS';
const withinMs = 60_000;

/** One case is poisoned for one consumer; checks what the feed promises, then mends it with `npm run redrive`. */
export async function poison(drill: Drill): Promise<void> {
  const world = new World(drill.endpoints, withinMs);
  try {
    const poisoned = await openedCase(world);
    drill.setFeedFaults({ poisoned: [{ consumer, caseId: poisoned }] });
    await register(world, poisoned);
    if (drill.endpoints.kafkaBrokers !== undefined)
      await produceUnreadable(drill.endpoints.kafkaBrokers, 'case.intake', poisoned);
    await until('the alarm of a parked case', () => alarmed(drill, poisoned), withinMs);

    const other = await openedCase(world);
    await register(world, other);
    await until(
      'another case that flows',
      async () => (await typesOf(drill, other)).includes('CaseSentToSecondLine'),
      withinMs,
    );
    const waiting = await typesOf(drill, poisoned);
    if (waiting.includes('CaseRouted')) throw new Error('the poisoned case was routed');

    drill.setFeedFaults({});
    await redrive(drill, consumer, poisoned);
    await redriveOthers(drill, poisoned);
    await until(
      'the redriven case in the queue',
      async () => (await typesOf(drill, poisoned)).includes('CaseSentToSecondLine'),
      withinMs,
    );
    const order = (await typesOf(drill, poisoned)).filter((type) =>
      ['CaseRegistered', 'CaseRouted', 'CaseSentToSecondLine'].includes(type),
    );
    if (order.join() !== 'CaseRegistered,CaseRouted,CaseSentToSecondLine')
      throw new Error(`after the redrive: ${order.join(' → ')}`);
  } finally {
    drill.setFeedFaults({});
    world.close();
  }
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

function alarmed(drill: Drill, caseId: string): boolean {
  return drill
    .logOf('routing')
    .split('\n')
    .some((line) => line.includes('"feed.case.parked"') && line.includes(caseId) && line.includes(consumer));
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
