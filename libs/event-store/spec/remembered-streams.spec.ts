import { type CaseEvent, type StoredEvent } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import { type CommandContext, type CommandOutcome, type Streams } from '../src/case-streams/case-streams';
import { commandOf } from './command-of';
import { createStreams } from '../src/case-streams/streams';
import { DeadlineExceeded } from '../src/event-store.errors';
import { type EventStore } from '../src/event-store.port';
import { createMemoryEventStore } from '../src/memory/memory-event-store.adapter';

const uuid = (n: number): string => `7b0c0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const stream = `case-${uuid(1)}`;
const command = (n: number, more: Partial<CommandContext> = {}): CommandContext =>
  commandOf(uuid(1_000 + n), more);
const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { caseId: uuid(1), channel: 'PHONE_1111', subjectId: uuid(2) },
};
const filled: CaseEvent = { type: 'FormFilled', data: { form: { caseType: 'NOTE', filled: ['caseType'] } } };
const filledElsewhere: CaseEvent = {
  type: 'FormFilled',
  data: { form: { caseType: 'COMPLAINT', filled: ['caseType'] } },
};
type Decide = (history: readonly StoredEvent[]) => Decision<CaseEvent>;
const open: Decide = () => accept(opened);
const fill: Decide = () => accept(filled);

/** One store, two processes; what the first asks of the store is counted. */
function twoProcesses() {
  const inner = createMemoryEventStore();
  const asked = { reads: 0, appends: 0 };
  let cutAppends = 0;
  const counted: EventStore = {
    ...inner,
    readStream: (name, request) => {
      asked.reads += 1;
      return inner.readStream(name, request);
    },
    append: async (...request) => {
      asked.appends += 1;
      const result = await inner.append(...request);
      if (cutAppends > 0) {
        cutAppends -= 1;
        throw new DeadlineExceeded('cut after the commit');
      }
      return result;
    },
  };
  const process = (store: EventStore, clock = '2026-03-01T08:00:00.000Z'): Streams =>
    createStreams(store, { author: 'intake', now: () => clock, patience: { pauseMs: 1 } });
  return {
    inner,
    asked,
    here: process(counted),
    elsewhere: process(inner, '2026-03-01T09:30:00.000Z'),
    cutNextAppends: (n: number) => (cutAppends = n),
  };
}

describe('a command on a stream that this process remembers', () => {
  it('is decided without reading, and the store confirms it', async () => {
    const { here, asked, inner } = twoProcesses();
    await here.execute(stream, command(1), open);
    asked.reads = 0;
    const outcome = await here.execute(stream, command(2), fill);
    expect([outcome.kind, asked.reads]).toEqual(['accepted', 0]);
    expect(await here.load(stream)).toEqual(
      await createStreams(inner, { author: 'intake', now: () => '' }).load(stream),
    );
  });

  it('waits for another of this process, so that neither loses a race', async () => {
    const { here, asked } = twoProcesses();
    await here.execute(stream, command(1), open);
    asked.reads = asked.appends = 0;
    const outcomes = await Promise.all([2, 3, 4].map((n) => here.execute(stream, command(n), fill)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(asked).toEqual({ reads: 0, appends: 3 });
  });

  it('does not wait long for one that hangs, nor for one that it is part of', async () => {
    const { here } = twoProcesses();
    await here.execute(stream, command(1), open);
    const hanging = here.execute(stream, command(2), () => new Promise<never>(() => undefined));
    const inside = here.execute(stream, command(3), async () => {
      await here.execute(stream, command(4), fill);
      return accept(filled);
    });
    expect((await inside).kind).toBe('accepted');
    expect((await here.load(stream)).events).toHaveLength(3);
    void hanging;
  });

  it('is decided again on what the store says when somebody else has appended', async () => {
    const { here, elsewhere } = twoProcesses();
    await here.execute(stream, command(1), open);
    await elsewhere.execute(stream, command(2), fill);
    const seen: number[] = [];
    const outcome = await here.execute(stream, command(3), (history) => {
      seen.push(history.length);
      return accept(filled);
    });
    expect(outcome).toMatchObject({ kind: 'accepted', revision: 2 });
    expect(seen).toEqual([1, 2]);
  });

  it('is decided again without reading, for the refusal brings what was missed', async () => {
    const { here, elsewhere, asked } = twoProcesses();
    await here.execute(stream, command(1), open);
    for (const n of [2, 3]) await elsewhere.execute(stream, command(n), fill);
    asked.reads = asked.appends = 0;
    expect(await here.execute(stream, command(4), fill)).toMatchObject({ kind: 'accepted', revision: 3 });
    expect(asked).toEqual({ reads: 0, appends: 2 });
    expect((await here.load(stream)).events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  });

  it.each<[string, Decide]>([
    ['refused', (history) => (history.length < 2 ? reject('TOO_EARLY', 'conflict') : accept(filled))],
    ['left as it is', (history) => (history.length < 2 ? accept() : accept(filled))],
    [
      'denied',
      (history) => {
        if (history.length < 2) throw new Error('DENIED');
        return accept(filled);
      },
    ],
  ])('is not %s for what was true before', async (_, decide) => {
    const { here, elsewhere } = twoProcesses();
    await here.execute(stream, command(1), open);
    await elsewhere.execute(stream, command(2), fill);
    expect(await here.execute(stream, command(3), decide)).toMatchObject({ kind: 'accepted', revision: 2 });
  });

  it('is refused by the version that the store has, not by the one remembered', async () => {
    const { here, elsewhere } = twoProcesses();
    await here.execute(stream, command(1), open);
    await elsewhere.execute(stream, command(2), fill);
    const stale = await here.execute(stream, command(3, { expectedDecisionVersion: 1 }), fill);
    expect(stale).toMatchObject({ kind: 'rejected', rejection: { code: 'VERSION_STALE' } });
    const current = await here.execute(stream, command(4, { expectedDecisionVersion: 2 }), fill);
    expect(current.kind).toBe('accepted');
  });

  it('that was carried out elsewhere is answered with what was recorded then', async () => {
    const { here, elsewhere, inner } = twoProcesses();
    await here.execute(stream, command(1), open);
    const first = await elsewhere.execute(stream, command(2), fill);
    expect(await here.execute(stream, command(2), fill)).toEqual(first);
    const { events } = await here.load(stream);
    expect(events.map(({ metadata }) => metadata.recordedAt)).toEqual([
      '2026-03-01T08:00:00.000Z',
      '2026-03-01T09:30:00.000Z',
    ]);
    expect((await inner.readAll()).events).toHaveLength(2);
  });

  it.each<[string, boolean]>([
    ['remembered', true],
    ['read', false],
  ])(
    'whose id another process uses meanwhile, its stream being %s, is answered by what is stored',
    async (_, known) => {
      const { here, elsewhere, inner } = twoProcesses();
      await (known ? here : elsewhere).execute(stream, command(1), open);
      const said = (contentDigest: string): CommandContext => command(2, { contentDigest });
      const outcome = await here.execute(stream, said('a'.repeat(22)), async () => {
        await elsewhere.execute(stream, said('b'.repeat(22)), () => accept(filledElsewhere));
        return accept(filled);
      });
      expect(outcome).toEqual({
        kind: 'rejected',
        rejection: { code: 'COMMAND_ID_REUSED', reason: 'invalid' },
      });
      expect((await inner.readAll()).events.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
        opened.data,
        filledElsewhere.data,
      ]);
    },
  );

  it('whose id another process uses for the same at that moment is answered with what that one recorded', async () => {
    const { here, elsewhere } = twoProcesses();
    await elsewhere.execute(stream, command(1), open);
    let theirs: CommandOutcome | undefined;
    const outcome = await here.execute(stream, command(2), async () => {
      theirs ??= await elsewhere.execute(stream, command(2), fill);
      return accept(filled);
    });
    expect(outcome).toEqual(theirs);
  });

  it('whose answer was cut off after the commit is written once and remembered as it is stored', async () => {
    const { here, cutNextAppends, inner } = twoProcesses();
    await here.execute(stream, command(1), open);
    cutNextAppends(1);
    expect(await here.execute(stream, command(2), fill)).toMatchObject({ kind: 'accepted', revision: 1 });
    expect((await inner.readAll()).events).toHaveLength(2);
    expect(await here.execute(stream, command(3), fill)).toMatchObject({ kind: 'accepted', revision: 2 });
  });
});

describe('a command that begins a stream', () => {
  const first = command(1, { beginsStream: true, contentDigest: 'a'.repeat(22) });

  it('is decided without reading, and the store confirms it', async () => {
    const { here, asked, elsewhere } = twoProcesses();
    const outcome = await here.execute(stream, first, open);
    expect([outcome, asked.reads]).toMatchObject([{ kind: 'accepted', revision: 0 }, 0]);
    expect(await here.load(stream)).toEqual(await elsewhere.load(stream));
  });

  it('is answered with what was recorded when it was carried out before', async () => {
    const { here, elsewhere, inner } = twoProcesses();
    const before = await elsewhere.execute(stream, first, open);
    await elsewhere.execute(stream, command(2), fill);
    expect(await here.execute(stream, first, open)).toEqual(before);
    expect((await inner.readAll()).events).toHaveLength(2);
  });

  it('is refused when its id was used for something else', async () => {
    const { here, elsewhere } = twoProcesses();
    await elsewhere.execute(stream, first, open);
    expect(await here.execute(stream, { ...first, contentDigest: 'b'.repeat(22) }, open)).toMatchObject({
      kind: 'rejected',
      rejection: { code: 'COMMAND_ID_REUSED' },
    });
  });

  it.each<[string, Decide]>([
    ['refused', (history) => (history.length === 0 ? reject('MISSING', 'missing') : accept(filled))],
    ['carried out', (history) => (history.length === 0 ? accept(opened) : reject('THERE', 'conflict'))],
  ])('is not %s as if the stream were missing when it is not', async (_, decide) => {
    const { here, elsewhere, inner } = twoProcesses();
    await elsewhere.execute(stream, command(2), open);
    const outcome = await here.execute(stream, first, decide);
    const expected = decide([]).kind === 'rejected' ? 'accepted' : 'rejected';
    expect(outcome.kind).toBe(expected);
    expect((await inner.readAll()).events).toHaveLength(expected === 'accepted' ? 2 : 1);
  });
});

describe('what a feed brings', () => {
  it('need not be read again, whoever appended it', async () => {
    const { here, elsewhere, asked, inner } = twoProcesses();
    await elsewhere.execute(stream, command(1), open);
    await elsewhere.execute(stream, command(2), fill);
    for (const event of (await inner.readAll()).events) here.learn(event);
    const known = await here.loadReaching(stream, 1);
    expect([known.events.length, asked.reads]).toEqual([2, 0]);
    expect(known).toEqual(await elsewhere.load(stream));
  });

  it('teaches nothing when it leaves a gap, comes twice, or belongs to another history', async () => {
    const { here, elsewhere, asked, inner } = twoProcesses();
    await elsewhere.execute(stream, command(1), open);
    for (const n of [2, 3]) await elsewhere.execute(stream, command(n), fill);
    const [first, second, third] = (await inner.readAll()).events;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three events');
    expect(here.learn(third)).toBeUndefined();
    const kept = here.learn(first);
    expect(kept).toMatchObject({ id: first.id, revision: 0, type: 'CaseOpened' });
    expect(here.learn(first)).toBe(kept);
    expect(here.learn({ ...first, id: third.id })).toBeUndefined();
    expect(here.learn(third)).toBeUndefined();
    here.learn({ ...second, metadata: second.metadata.replace(/"previousHash":"../, '"previousHash":"00') });
    expect((await here.loadReaching(stream, 0)).events).toHaveLength(1);
    expect(asked.reads).toBe(0);
    here.learn({ ...second, data: '{"form":7}' });
    expect((await here.loadReaching(stream, 2)).events).toHaveLength(3);
    expect(asked.reads).toBe(1);
  });

  it('gives the beginning of a stream with the hash that the next event names', async () => {
    const { here, elsewhere, inner } = twoProcesses();
    await elsewhere.execute(stream, command(1), open);
    await elsewhere.execute(stream, command(2), fill);
    for (const event of (await inner.readAll()).events) here.learn(event);
    expect(await here.load(stream, 0)).toEqual(
      await createStreams(inner, { author: 'intake', now: () => '' }).load(stream, 0),
    );
  });
});
