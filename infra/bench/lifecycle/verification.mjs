// After the measurement: is every counted case really done, by the store and by every read model?
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';
import { withClient } from './database.mjs';

const require = createRequire(join(root, 'package.json'));
const { commandEventId, verifyChain } = require('@balagh/event-store');

/** The planner cannot guess how few streams these are among millions: left to itself it sorts or hashes all events. */
async function byIndex(client, text, values) {
  await client.query('begin; set local enable_hashjoin = off; set local enable_mergejoin = off');
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.query('rollback');
  }
}

export const leastEvents = 15;
export const leastMessages = 3;

/**
 * Every counted case is closed, has at least 15 events and three messages that a gateway accepted, and stands so in the read models;
 * the chains of a sample verify. @returns figures and problems
 */
export async function verifyPlayed(url, cases, sample = 200) {
  return withClient(url, async (client) => {
    const ids = cases.map(({ caseId }) => caseId);
    const found = await byIndex(client, playedSql, [ids]);
    const known = new Map(found.map((row) => [row.case_id, row]));
    const problems = ids.flatMap((id) => problemsOf(id, known.get(id)));
    const { faults, streams } = await verifyStreams(client, someOf(ids, sample));
    return {
      cases: ids.length,
      eventsPerCase: average(found.map(({ case_events, message_events }) => case_events + message_events)),
      messagesPerCase: average(found.map(({ accepted }) => accepted)),
      streamsVerified: streams,
      problems: [...problems, ...faults].slice(0, 50),
    };
  });
}

const playedSql = `
  with wanted as (
    select id as case_id, 'case-' || id as stream from unnest($1::text[]) as id
  ), of_case as (
    select w.case_id, count(*)::int as events, max(e.revision) + 1 as version, bool_or(e.type = 'CaseClosed') as closed
    from wanted w join eventstore.events e using (stream) group by w.case_id
  ), of_messages as (
    select w.case_id, count(*)::int as events, (count(*) filter (where m.type = 'MessageAccepted'))::int as accepted
    from wanted w
    join eventstore.events e on e.stream = w.stream and e.type = 'NotificationRequested'
    join eventstore.events m on m.stream = 'message-' || (e.data::json ->> 'messageId')
    group by w.case_id
  ), transfers as materialized (
    select case_id, open from dispatch.transfer where case_id = any ($1::text[]::uuid[])
  )
  select c.case_id, c.events as case_events, c.closed, coalesce(m.events, 0) as message_events, coalesce(m.accepted, 0) as accepted,
    array_remove(array[
      case when s.stage is distinct from 'CLOSED' then 'intake.case_status' end,
      case when q.version is distinct from c.version or q.stage <> 'CLOSED' then 'dispatch.queue_entry' end,
      case when h.version is distinct from c.version or h.stage <> 'CLOSED' then 'history.case_index' end,
      case when b.version is distinct from c.version or b.stage <> 'CLOSED' then 'backoffice.case_row' end,
      case when t.open is not false then 'dispatch.transfer' end,
      case when r.case_id is null then 'routing.routing_decision' end], null) as behind
  from of_case c left join of_messages m using (case_id)
  left join intake.case_status s on s.case_id = c.case_id::uuid
  left join dispatch.queue_entry q on q.case_id = c.case_id::uuid
  left join transfers t on t.case_id = c.case_id::uuid
  left join history.case_index h on h.case_id = c.case_id::uuid
  left join backoffice.case_row b on b.case_id = c.case_id::uuid
  left join routing.routing_decision r on r.case_id = c.case_id::uuid`;

function problemsOf(id, row) {
  if (row === undefined) return [`${id} is not stored`];
  return [
    ...(row.closed ? [] : [`${id} is not closed`]),
    ...(row.case_events >= leastEvents ? [] : [`${id} has ${row.case_events} events`]),
    ...(row.accepted >= leastMessages ? [] : [`${id} has ${row.accepted} accepted messages`]),
    ...row.behind.map((table) => `${id}: ${table} is behind`),
  ];
}

/** The whole streams of these cases and of their messages, and that each event's id is the one its command leads to. */
export async function verifyStreams(client, caseIds) {
  const rows = await byIndex(
    client,
    `with cases as (select 'case-' || id as stream from unnest($1::text[]) as id),
       messages as (select 'message-' || (e.data::json ->> 'messageId') from cases join eventstore.events e using (stream)
         where e.type = 'NotificationRequested'),
       wanted as (select stream from cases union all select * from messages)
     select e.stream, e.revision, e.id, e.type, e.data, e.metadata, s.revision as head_revision, s.head_hash
     from wanted join eventstore.events e using (stream) join eventstore.streams s using (stream) order by e.stream, e.revision`,
    [caseIds],
  );
  const streams = byStream(rows);
  const faults = [];
  for (const id of caseIds) if (!streams.has(`case-${id}`)) faults.push(`case-${id} is missing`);
  for (const [stream, events] of streams) {
    const head = { revision: events[0].head_revision, hash: events[0].head_hash };
    for (const { kind, revision, detail } of verifyChain(events, head))
      faults.push(`${stream} ${kind} at ${revision}: ${detail}`);
    faults.push(...foreignIds(events));
  }
  return { streams: streams.size, faults };
}

function foreignIds(events) {
  const perCommand = new Map();
  return events.flatMap(({ stream, revision, id, metadata }) => {
    const { commandId } = JSON.parse(metadata);
    if (commandId === undefined) return [];
    const index = perCommand.get(commandId) ?? 0;
    perCommand.set(commandId, index + 1);
    return commandEventId(commandId, index) === id
      ? []
      : [`${stream} ${revision}: the id is not its command’s`];
  });
}

function byStream(rows) {
  const streams = new Map();
  for (const row of rows) {
    const known = streams.get(row.stream);
    if (known === undefined) streams.set(row.stream, [row]);
    else known.push(row);
  }
  return streams;
}

/** Spread evenly over the list. */
export function someOf(list, most) {
  const every = Math.max(1, Math.floor(list.length / most));
  return list.filter((_, at) => at % every === 0).slice(0, most);
}

const average = (numbers) =>
  Math.round((numbers.reduce((sum, n) => sum + n, 0) / Math.max(1, numbers.length)) * 10) / 10;
