import { type Gauge } from '@balagh/runtime';
import { type DataSource } from 'typeorm';

interface Census {
  readonly tenant: string;
  readonly channel: string;
  readonly phase: string;
  readonly count: number;
}

/** Found by index `message_open`, whose condition this is: rows of messages that are through stay, for years. */
const censusSql = `
  select tenant, case channel when '' then 'none' else channel end as channel, phase, count(*)::int as count
  from message where phase = 'unknown' or (due_at is not null and phase in ('prepared', 'submitted', 'rejected'))
  group by 1, 2, 3`;

/** TRACK rows only wait for a delivery report; nobody waits for them. */
const lateSql = `
  select coalesce(greatest(0, extract(epoch from now() - min(due_at))), 0)::float8 as late
  from message where queue = 'SEND'`;

/** What operators watch of messages: how many that are not through stand where, and how late the longest waiting one is. */
export function messageGauges(source: DataSource): readonly Gauge[] {
  return [
    {
      name: 'balagh.messages',
      unit: '{message}',
      description: 'Messages to people that are not through, by tenant, channel and state',
      read: async () =>
        (await source.query<readonly Census[]>(censusSql)).map(({ tenant, channel, phase, count }) => ({
          value: count,
          attributes: { tenant, channel, state: phase },
        })),
    },
    {
      name: 'balagh.messages.late',
      unit: 's',
      description: 'How long the longest waiting message is past the moment it was to be worked on',
      read: async () =>
        (await source.query<readonly { late: number }[]>(lateSql)).map(({ late }) => ({ value: late })),
    },
  ];
}
