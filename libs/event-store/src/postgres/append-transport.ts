import { type Pool } from 'pg';
import { eventHash } from '../case-streams/chain';
import { DraftedEvent } from '../json/drafted-event';
import { categoryOf } from '../json/event-checks';
import { type AppendRequest, type AppendRow, type AppendTransport } from './append-flights';
import { integerArray, textArray, uuidArray } from './binary-arrays';
import { type MissedRow } from './event-rows';
import { type WireValue } from './prepared-call';
import { storeCall } from './store-call';

/** The two statements that append: each one round trip, prepared once per connection. */
export function appendTransport(pool: Pool): AppendTransport {
  return {
    one: async (request) => {
      const [row] = await storeCall(pool, 'append', one, valuesOfOne(request), request.call);
      if (row === undefined) throw new TypeError('eventstore.append gave no answer');
      const [kind, revision, position, missed] = row as AnswerToOne;
      const answer = { kind, revision: revision === null ? null : Number(revision), position };
      return missed === null ? answer : { ...answer, missed: JSON.parse(missed) as readonly MissedRow[] };
    },
    many: async (requests) => {
      const sorted = [...requests].sort(byExpectationAndName);
      const [answer] = await storeCall(pool, 'append', many, valuesOfMany(sorted));
      if (answer === undefined) throw new TypeError('eventstore.append_many gave no answer');
      const rows = rowsOfMany(sorted, answer as AnswerToMany);
      return requests.flatMap(({ stream }) => rows.get(stream) ?? []);
    },
  };
}

const one = {
  name: 'eventstore-append',
  text: `select kind, revision, position, case when kind = 'conflict' then eventstore.missed($1, $3, revision)::text end
    from eventstore.append($1, $2, $3, $4, $5::uuid[], $6::text[], $7::text[], $8::text[], $9)`,
};

/** Position of the last event written; JSON of what a conflict has missed. */
type AnswerToOne = readonly [
  kind: AppendRow['kind'],
  revision: string | null,
  position: string | null,
  missed: string | null,
];

const many = {
  name: 'eventstore-append-many',
  text: 'select positions::text, refusals::text from eventstore.append_many($1::text[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::integer[], $8::uuid[], $9::text[], $10::text[], $11::text[])',
};

/** Positions `{1,2,…}` of each event written, in the order sent; JSON of a row and its stream for each append that was not. */
type AnswerToMany = readonly [positions: string | null, refusals: string | null];

/** What `eventstore.append` would have answered, by stream: a revision that was written is the one expected. */
function rowsOfMany(
  requests: readonly AppendRequest[],
  [positions, refusals]: AnswerToMany,
): ReadonlyMap<string, AppendRow> {
  const rows = new Map<string, AppendRow>();
  if (refusals !== null)
    for (const { stream, ...row } of JSON.parse(refusals) as (AppendRow & { stream: string })[])
      rows.set(stream, row);
  const written = positions === null ? [] : positions.slice(1, -1).split(',');
  let at = -1;
  for (const { stream, expected, events } of requests) {
    if (rows.has(stream)) continue;
    at += events.length;
    const position = written[at];
    if (position !== undefined)
      rows.set(stream, { kind: 'ok', revision: expected + events.length, position });
  }
  return rows;
}

/** Names are ASCII, so that the order of characters is the order of bytes. */
function byExpectationAndName(a: AppendRequest, b: AppendRequest): number {
  const fresh = Number(b.expected === -1) - Number(a.expected === -1);
  return fresh === 0 ? Number(a.stream > b.stream) - Number(a.stream < b.stream) : fresh;
}

function valuesOfOne(request: AppendRequest): WireValue[] {
  const { stream, expected, link, events } = request;
  return [
    stream,
    categoryOf(stream),
    String(expected),
    link,
    uuidArray(events.map((e) => e.id)),
    textArray(events.map((e) => e.type)),
    textArray(events.map((e) => e.data)),
    textArray(events.map((e) => e.metadata)),
    expected >= -1 ? headOf(request) : null,
  ];
}

/** One pass and plain arrays: this is most of what an append costs its client, and it holds up all that share the flight. */
function valuesOfMany(requests: readonly AppendRequest[]): WireValue[] {
  const [streams, revisions]: [string[], number[]] = [[], []];
  const [ids, types, data, metadata]: [string[], string[], string[], string[]] = [[], [], [], []];
  for (const { stream, expected, events } of requests) {
    let revision = expected;
    for (const event of events) {
      revision += 1;
      streams.push(stream);
      revisions.push(revision);
      ids.push(event.id);
      types.push(event.type);
      data.push(event.data);
      metadata.push(event.metadata);
    }
  }
  return [
    textArray(requests.map((r) => r.stream)),
    integerArray(requests.map((r) => r.expected)),
    textArray(requests.map((r) => r.link)),
    integerArray(requests.map((r) => r.events.length)),
    textArray(requests.map(headOf)),
    textArray(streams),
    integerArray(revisions),
    uuidArray(ids),
    textArray(types),
    textArray(data),
    textArray(metadata),
  ];
}

/** Hash of the last event as it will stand in its stream: known where *none* or an exact revision is expected. */
function headOf({ stream, expected, events }: AppendRequest): string {
  const last = events.at(-1);
  if (last === undefined) return '';
  const revision = expected + events.length;
  // Field by field: a spread costs more than the hash.
  const { id, type, data, metadata } = last;
  const known = last instanceof DraftedEvent ? last.hashAt(stream, revision) : undefined;
  return known ?? eventHash({ stream, revision, id, type, data, metadata });
}
