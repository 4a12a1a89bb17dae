import { type Pool } from 'pg';
import { eventHash } from '../case-streams/chain';
import { categoryOf } from '../json/event-checks';
import { type AppendRequest, type AppendRow, type AppendTransport } from './append-flights';
import { integerArray, textArray, uuidArray } from './binary-arrays';
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
      const rows = await storeCall<AppendRow & { stream: string }>(pool, 'append', {
        ...many,
        values: valuesOfMany([...requests].sort(byExpectationAndName)),
      });
      const byStream = new Map(rows.map((row) => [row.stream, row]));
      return requests.flatMap(({ stream }) => byStream.get(stream) ?? []);
    },
  };
}

const one = {
  name: 'eventstore-append',
  text: 'select kind, revision, position from eventstore.append($1, $2, $3, $4, $5::uuid[], $6::text[], $7::text[], $8::text[], $9)',
};

const many = {
  name: 'eventstore-append-many',
  text: 'select stream, kind, revision, position from eventstore.append_many($1::text[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::integer[], $8::uuid[], $9::text[], $10::text[], $11::text[])',
};

/** Names are ASCII, so that the order of characters is the order of bytes. */
function byExpectationAndName(a: AppendRequest, b: AppendRequest): number {
  const fresh = Number(b.expected === -1) - Number(a.expected === -1);
  return fresh === 0 ? Number(a.stream > b.stream) - Number(a.stream < b.stream) : fresh;
}

function valuesOfOne(request: AppendRequest): unknown[] {
  const { stream, expected, link, events } = request;
  return [
    stream,
    categoryOf(stream),
    expected,
    link,
    uuidArray(events.map((e) => e.id)),
    textArray(events.map((e) => e.type)),
    textArray(events.map((e) => e.data)),
    textArray(events.map((e) => e.metadata)),
    expected >= -1 ? headOf(request) : null,
  ];
}

function valuesOfMany(requests: readonly AppendRequest[]): unknown[] {
  const events = requests.flatMap(({ stream, expected, events: own }) =>
    own.map((event, k) => ({ stream, revision: expected + k + 1, event })),
  );
  return [
    textArray(requests.map((r) => r.stream)),
    integerArray(requests.map((r) => r.expected)),
    textArray(requests.map((r) => r.link)),
    integerArray(requests.map((r) => r.events.length)),
    textArray(requests.map(headOf)),
    textArray(events.map((e) => e.stream)),
    integerArray(events.map((e) => e.revision)),
    uuidArray(events.map((e) => e.event.id)),
    textArray(events.map((e) => e.event.type)),
    textArray(events.map((e) => e.event.data)),
    textArray(events.map((e) => e.event.metadata)),
  ];
}

/** Hash of the last event as it will stand in its stream: known where *none* or an exact revision is expected. */
function headOf({ stream, expected, events }: AppendRequest): string {
  const last = events.at(-1);
  return last === undefined ? '' : eventHash({ ...last, stream, revision: expected + events.length });
}
