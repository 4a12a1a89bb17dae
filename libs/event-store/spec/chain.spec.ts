import { type RawEvent } from '@balagh/case-events';
import { proves } from '@balagh/testing';
import { type RecordedHead, eventHash, verifyChain } from '../src/case-streams/chain';

const stream = 'case-7b0c0000-0000-4000-8000-000000000001';
const metadata = {
  schemaVersion: 1,
  tenant: 'MUS',
  actor: { kind: 'staff', id: 'agent-1', organisation: 'MUS' },
  line: '2',
  recordedAt: '2026-03-01T08:00:00.000Z',
  occurredAt: '2026-03-01T08:00:00.000Z',
  correlationId: 'k1',
  causationId: 'k1',
  commandId: 'c1',
};

function chain(n: number): RawEvent[] {
  const events: RawEvent[] = [];
  for (let revision = 0; revision < n; revision += 1) {
    const previous = events.at(-1);
    events.push({
      id: `e0000000-0000-4000-8000-00000000000${revision}`,
      stream,
      revision,
      type: 'FieldTeamSent',
      data: `{"teamId":"TEAM_${revision}"}`,
      metadata: JSON.stringify(
        previous === undefined ? metadata : { ...metadata, previousHash: eventHash(previous) },
      ),
    });
  }
  return events;
}

const headOf = (event: RawEvent) => ({ revision: event.revision, hash: eventHash(event) });
const named = (events: readonly RawEvent[], head?: RecordedHead): (readonly [string, number])[] =>
  verifyChain(events, head).map(({ kind, revision }) => [kind, revision] as const);

describe('the chain of a stream', () => {
  it('is sound as it was written', () => {
    const events = chain(5);
    expect(verifyChain(events, headOf(events[4]!))).toEqual([]);
    expect(verifyChain([])).toEqual([]);
  });

  it('names the stream and revision of an altered event', () => {
    proves('SYS-10');
    const events = chain(5);
    const altered = events.map((e) => (e.revision === 2 ? { ...e, data: '{"teamId":"TEAM_9"}' } : e));
    expect(verifyChain(altered)).toEqual([
      { stream, revision: 2, kind: 'HASH', detail: 'differs from the hash recorded by revision 3' },
    ]);
    const last = events.map((e) => (e.revision === 4 ? { ...e, data: '{"teamId":"TEAM_9"}' } : e));
    expect(named(last, headOf(events[4]!))).toEqual([['HASH', 4]]);
  });

  it.each(['id', 'type', 'data', 'metadata'] as const)('covers the %s', (field) => {
    const [first] = chain(1);
    expect(eventHash({ ...first!, [field]: `${first![field]} ` })).not.toBe(eventHash(first!));
  });

  it('cannot be fooled by moving bytes from one field to the next', () => {
    const [first] = chain(1);
    expect(eventHash({ ...first!, type: 'AB', data: 'C' })).not.toBe(
      eventHash({ ...first!, type: 'A', data: 'BC' }),
    );
  });

  it('names a missing event, and one that was put in', () => {
    const events = chain(5);
    expect(named(events.filter((e) => e.revision !== 2))).toEqual([['GAP', 2]]);
    expect(named(events.slice(1))).toEqual([['GAP', 0]]);
    expect(named(events.slice(0, 3), headOf(events[4]!))).toEqual([['GAP', 3]]);
    expect(named([...events.slice(0, 3), events[2]!, ...events.slice(3)])).toEqual([['GAP', 3]]);
  });

  it('names an event without a link, and one that no longer decodes', () => {
    const events = chain(3);
    const unlinked = events.map((e) => (e.revision === 2 ? { ...e, metadata: JSON.stringify(metadata) } : e));
    expect(named(unlinked)).toEqual([['LINK', 2]]);
    const unreadable = events.map((e) => (e.revision === 2 ? { ...e, data: '{}' } : e));
    expect(named(unreadable)).toEqual([['SCHEMA', 2]]);
  });

  it('says of an event that only a newer version knows that it is newer', () => {
    const events = chain(3);
    const newer = events.map((e) => (e.revision === 2 ? { ...e, type: 'NeverDefined' } : e));
    expect(verifyChain(newer)).toEqual([
      { stream, revision: 2, kind: 'SCHEMA', detail: 'newer than this version: unknown event type' },
    ]);
  });
});
