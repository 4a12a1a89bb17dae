import { type CaseEvent, type StoredEvent } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { proves } from '@balagh/testing';
import { type CommandContext, type CommandOutcome } from '../src/case-streams/case-streams';
import { eventHash, verifyChain } from '../src/case-streams/chain';
import { commandEventId } from '../src/case-streams/command-event-id';
import { commandOf } from './command-of';
import { createStreams } from '../src/case-streams/streams';
import {
  DeadlineExceeded,
  ForeignEventType,
  InvalidEvent,
  Unavailable,
  WrongExpectedRevision,
} from '../src/event-store.errors';
import { type EventStore } from '../src/event-store.port';
import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';

const caseId = '7b0c0000-0000-4000-8000-000000000001';
const stream = `case-${caseId}`;
const now = (): string => '2026-03-01T08:00:00.000Z';
const patience = { pauseMs: 1 };
const command = (n: number, more: Partial<CommandContext> = {}): CommandContext =>
  commandOf(`c0000000-0000-4000-8000-00000000000${n}`, more);

type Decide = (history: readonly StoredEvent[]) => Decision<CaseEvent>;
const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { caseId, channel: 'PHONE_1111', subjectId: '7b0c0000-0000-4000-8000-000000000002' },
};
const filled: CaseEvent = { type: 'FormFilled', data: { form: { caseType: 'NOTE', filled: ['caseType'] } } };
const open: Decide = (history) => (history.length === 0 ? accept(opened) : accept());
const fill: Decide = () => accept(filled);

function intake(store: EventStore) {
  return createStreams(store, { author: 'intake', now, patience });
}

function acceptedOf(outcome: CommandOutcome): Extract<CommandOutcome, { kind: 'accepted' }> {
  if (outcome.kind === 'rejected') throw new Error(outcome.rejection.code);
  return outcome;
}

describe('a command on a stream', () => {
  it('appends what was decided, with who, when and why, chained to the event before', async () => {
    const store = createMemoryEventStore();
    await intake(store).execute(stream, command(1), open);
    const outcome = acceptedOf(
      await intake(store).execute(stream, command(2, { channel: 'PHONE_1111', profileVersion: 3 }), fill),
    );
    expect(outcome).toMatchObject({ revision: 1, decisionVersion: 2 });
    const { events, head } = await intake(store).load(stream);
    expect(outcome.events).toEqual([events[1]]);
    const read = await store.readStream(stream);
    const raw = read.kind === 'found' ? read.events : [];
    expect(events[1]).toEqual({
      ...filled,
      id: commandEventId(command(2).commandId, 0),
      stream,
      revision: 1,
      metadata: {
        schemaVersion: 1,
        tenant: 'MUS',
        actor: { kind: 'staff', id: 'agent-1', organisation: 'MUS' },
        line: '1',
        channel: 'PHONE_1111',
        recordedAt: now(),
        occurredAt: now(),
        correlationId: 'k1',
        causationId: 'k1',
        commandId: command(2).commandId,
        profileVersion: 3,
        previousHash: eventHash(raw[0]!),
      },
    });
    expect(head).toEqual({ revision: 1, hash: eventHash(raw[1]!) });
    expect(verifyChain(raw, head)).toEqual([]);
  });

  it('is not decided on a history with an event that only a newer version knows', async () => {
    const store = createMemoryEventStore();
    const old = intake(store);
    await old.execute(stream, command(1), open);
    const newer = { id: 'e0000000-0000-4000-8000-000000000009', type: 'CaseBlessed', data: '{}' };
    await store.append(stream, 0, [{ ...newer, metadata: '{}' }]);
    const refused = { code: 'EVENT_NEWER', retriable: true };
    await expect(old.execute(stream, command(2), fill)).rejects.toMatchObject(refused);
    await expect(intake(store).execute(stream, command(2), fill)).rejects.toMatchObject(refused);
    expect(await store.readStream(stream)).toMatchObject({ kind: 'found', lastRevision: 1 });
  });

  it('gets its first answer again when it is repeated, also after others acted', async () => {
    const store = createMemoryEventStore();
    const first = await intake(store).execute(stream, command(1), open);
    await intake(store).execute(stream, command(2), fill);
    const again = await intake(store).execute(stream, command(1, { expectedDecisionVersion: 0 }), () =>
      reject('NEVER_ASKED'),
    );
    expect(again).toEqual(first);
  });

  it('is refused when the person saw an older decision version, with the new one', async () => {
    proves('SYS-09');
    const store = createMemoryEventStore();
    await intake(store).execute(stream, command(1), open);
    for (const n of [2, 3, 4]) await intake(store).execute(stream, command(n), fill);
    const outcomes = await Promise.all(
      [5, 6].map((n) => intake(store).execute(stream, command(n, { expectedDecisionVersion: 4 }), fill)),
    );
    expect(outcomes.map((o) => o.kind).sort()).toEqual(['accepted', 'rejected']);
    expect(outcomes.find((o) => o.kind === 'rejected')).toEqual({
      kind: 'rejected',
      rejection: { code: 'VERSION_STALE', reason: 'conflict', details: { decisionVersion: 5 } },
    });
    expect((await intake(store).load(stream)).events).toHaveLength(5);
  });

  it('re-decides on the new history when it loses the race', async () => {
    const store = createMemoryEventStore();
    await intake(store).execute(stream, command(1), open);
    const seen: number[] = [];
    await intake(store).execute(stream, command(2), async (history) => {
      seen.push(history.length);
      if (seen.length === 1) await intake(store).execute(stream, command(3), fill);
      return accept(filled);
    });
    expect(seen).toEqual([1, 2]);
    expect((await intake(store).load(stream)).head?.revision).toBe(2);
  });

  it('whose id was used for other content is refused, whatever it expects; nothing is written', async () => {
    const store = createMemoryEventStore();
    const said = (n: number, contentDigest: string): CommandContext => command(n, { contentDigest });
    const [one, other] = ['a'.repeat(22), 'b'.repeat(22)];
    const first = acceptedOf(await intake(store).execute(stream, said(1, one), open));
    expect(first.events[0]?.metadata.contentDigest).toBe(one);
    const reused = { kind: 'rejected', rejection: { code: 'COMMAND_ID_REUSED', reason: 'invalid' } };
    expect(await intake(store).execute(stream, said(1, other), fill)).toEqual(reused);
    const stale = { ...said(1, other), expectedDecisionVersion: 7 };
    expect(await intake(store).execute(stream, stale, fill)).toEqual(reused);
    expect(await intake(store).execute(stream, said(1, one), fill)).toEqual(first);
    expect((await intake(store).load(stream)).events).toHaveLength(1);
  });

  it.each([
    ['then', undefined, 'a'.repeat(22)],
    ['now', 'a'.repeat(22), undefined],
  ])('is not compared when its content was not known %s', async (_when, then, later) => {
    const store = createMemoryEventStore();
    const known = (contentDigest?: string): CommandContext =>
      command(1, contentDigest === undefined ? {} : { contentDigest });
    const first = await intake(store).execute(stream, known(then), open);
    expect(await intake(store).execute(stream, known(later), fill)).toEqual(first);
  });

  it('gives up after eight lost races, and says that it may be tried again', async () => {
    const store = createMemoryEventStore();
    const losing: EventStore = {
      ...store,
      append: () => Promise.reject(new WrongExpectedRevision(stream, 'none', 0)),
    };
    let decided = 0;
    const lost = intake(losing).execute(stream, command(1), () => accept(((decided += 1), opened)));
    await expect(lost).rejects.toMatchObject({ code: 'CONFLICT_EXHAUSTED', retriable: true });
    expect(decided).toBe(8);
  });

  it('writes nothing when it is rejected or has nothing left to do', async () => {
    const store = createMemoryEventStore();
    expect(await intake(store).execute(stream, command(1), () => reject('CASE_CLOSED'))).toEqual({
      kind: 'rejected',
      rejection: { code: 'CASE_CLOSED', reason: 'conflict' },
    });
    await intake(store).execute(stream, command(1), open);
    expect(await intake(store).execute(stream, command(2), open)).toEqual({
      kind: 'accepted',
      events: [],
      revision: 0,
      decisionVersion: 1,
    });
    expect((await intake(store).load(stream)).events).toHaveLength(1);
  });

  it('may only write event types of its own author, with data that fits the schema', async () => {
    const routing = createStreams(createMemoryEventStore(), { author: 'routing', now, patience });
    await expect(routing.execute(stream, command(1), open)).rejects.toBeInstanceOf(ForeignEventType);
    const unsealed = {
      type: 'FormFilled',
      data: { form: { phone: '+968 9000 0001', filled: [] } },
    } as CaseEvent;
    const leaked = await intake(createMemoryEventStore())
      .execute(stream, command(1), () => accept(unsealed))
      .catch((error: unknown) => error);
    expect(leaked).toBeInstanceOf(InvalidEvent);
    expect((leaked as Error).message).not.toContain('9000');
  });

  it('loads up to a revision', async () => {
    const store = createMemoryEventStore();
    await intake(store).execute(stream, command(1), open);
    await intake(store).execute(stream, command(2), fill);
    expect((await intake(store).load(stream, 0)).events.map((e) => e.type)).toEqual(['CaseOpened']);
    expect(await intake(store).load('case-none')).toEqual({ stream: 'case-none', events: [] });
  });
});

describe('when the store does not answer', () => {
  it('the identical bytes are sent again, and there is one copy', async () => {
    const store = createMemoryEventStore();
    const sent: string[] = [];
    const flaky: EventStore = {
      ...store,
      async append(name, expected, events) {
        sent.push(JSON.stringify(events));
        const result = await store.append(name, expected, events);
        if (sent.length < 3) throw new DeadlineExceeded('lost answer');
        return result;
      },
    };
    expect(acceptedOf(await intake(flaky).execute(stream, command(1), open))).toMatchObject({ revision: 0 });
    expect(sent).toEqual([sent[0], sent[0], sent[0]]);
    expect((await intake(store).load(stream)).events).toHaveLength(1);
  });

  it('sending ends after five tries with the fault', async () => {
    let sends = 0;
    const down: EventStore = {
      ...createMemoryEventStore(),
      append: () => Promise.reject(new Unavailable(String((sends += 1)))),
    };
    await expect(intake(down).execute(stream, command(1), open)).rejects.toBeInstanceOf(Unavailable);
    expect(sends).toBe(5);
  });

  it('a decision waits for the revision that a message announced, then fails as retriable', async () => {
    const store = createMemoryEventStore();
    await intake(store).execute(stream, command(1), open);
    const early = intake(store).execute(stream, command(2, { atLeastRevision: 1 }), fill);
    await expect(early).rejects.toMatchObject({ code: 'REVISION_NOT_REACHED', retriable: true });
    await intake(store).execute(stream, command(3), fill);
    expect(
      acceptedOf(await intake(store).execute(stream, command(2, { atLeastRevision: 1 }), fill)).revision,
    ).toBe(2);
  });
});
