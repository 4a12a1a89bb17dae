import { type Pool } from 'pg';
import { eventHash } from '../case-streams/chain';
import { categoryOf } from '../json/event-checks';
import { type AppendRequest, type AppendRow, type AppendTransport } from './append-flights';
import { storeCall } from './store-call';

/** The two statements that append: each one round trip, prepared once per connection. */
export function appendTransport(pool: Pool): AppendTransport {
  return {
    one: async (request) => {
      const [row] = await storeCall<AppendRow>(
        pool,
        'append',
        { ...one, values: valuesOfOne(request) },
        request.call,
      );
      if (row === undefined) throw new TypeError('eventstore.append gave no answer');
      return row;
    },
    many: async (requests) => {
      const rows = await storeCall<AppendRow & { place: number }>(pool, 'append', {
        ...many,
        values: valuesOfMany(requests),
      });
      const byPlace = new Map(rows.map((row) => [row.place, row]));
      return requests.flatMap((_, i) => byPlace.get(i + 1) ?? []);
    },
  };
}

const one = {
  name: 'eventstore-append',
  text: 'select kind, revision, position from eventstore.append($1, $2, $3, $4, $5::uuid[], $6::text[], $7::text[], $8::text[])',
};

const many = {
  name: 'eventstore-append-many',
  text: 'select place, kind, revision, position from eventstore.append_many($1::text[], $2::text[], $3::integer[], $4::text[], $5::integer[], $6::text[], $7::json)',
};

function valuesOfOne({ stream, expected, link, events }: AppendRequest): unknown[] {
  return [
    stream,
    categoryOf(stream),
    expected,
    link,
    events.map((e) => e.id),
    events.map((e) => e.type),
    events.map((e) => e.data),
    events.map((e) => e.metadata),
  ];
}

function valuesOfMany(requests: readonly AppendRequest[]): unknown[] {
  const slots = requests.flatMap(({ events }, p) =>
    events.map((e, k) => ({ p: p + 1, k: k + 1, i: e.id, t: e.type, d: e.data, m: e.metadata })),
  );
  return [
    requests.map((r) => r.stream),
    requests.map((r) => categoryOf(r.stream)),
    requests.map((r) => r.expected),
    requests.map((r) => r.link),
    requests.map((r) => r.events.length),
    requests.map(headOf),
    JSON.stringify(slots),
  ];
}

/** Hash of the last event as it will stand in its stream: several appends at once have none or an exact revision. */
function headOf({ stream, expected, events }: AppendRequest): string {
  const last = events.at(-1);
  return last === undefined ? '' : eventHash({ ...last, stream, revision: expected + events.length });
}
