import { type Gauge } from '@balagh/runtime';
import { type DataSource } from 'typeorm';

interface Depth {
  readonly tenant: string;
  readonly queue: string;
  readonly count: number;
  readonly oldest: number;
}

const depthSql = `
  select tenant, turn as queue, count(*)::int as count,
    greatest(0, extract(epoch from now() - min(registered_at)))::float8 as oldest
  from queue_entry where turn <> 'NOBODY' group by 1, 2`;

/** Open, registered, and no rule or person has said whose case it is. */
const unownedSql = `
  select coalesce(greatest(0, extract(epoch from now() - min(registered_at))), 0)::float8 as value
  from queue_entry where turn <> 'NOBODY' and owner_code is null`;

const overdueSql = `select kind, count(*)::int as value from timer where due_at < now() - interval '5 seconds' group by 1`;

/** What operators watch of the work lists: how much waits where, since when, and whether timers fire. */
export function workListGauges(tables: DataSource): readonly Gauge[] {
  const depths = (): Promise<readonly Depth[]> => tables.query<readonly Depth[]>(depthSql);
  return [
    {
      name: 'balagh.queue.depth',
      unit: '{case}',
      description: 'Open cases by whose turn it is',
      read: async () =>
        (await depths()).map(({ tenant, queue, count }) => ({ value: count, attributes: { tenant, queue } })),
    },
    {
      name: 'balagh.queue.oldest',
      unit: 's',
      description: 'Age of the oldest open case by whose turn it is',
      read: async () =>
        (await depths()).map(({ tenant, queue, oldest }) => ({
          value: oldest,
          attributes: { tenant, queue },
        })),
    },
    {
      name: 'balagh.cases.unowned.oldest',
      unit: 's',
      description: 'Age of the oldest open case that has no owner yet; 0: every case has one',
      read: () => tables.query<readonly { value: number }[]>(unownedSql),
    },
    {
      name: 'balagh.timers.overdue',
      unit: '{timer}',
      description: 'Due times that passed more than five seconds ago and did not fire',
      read: async () => {
        const found = await tables.query<readonly { kind: string; value: number }[]>(overdueSql);
        return ['REMINDER', 'DEADLINE'].map((kind) => ({
          value: found.find((row) => row.kind === kind)?.value ?? 0,
          attributes: { kind },
        }));
      },
    },
  ];
}
