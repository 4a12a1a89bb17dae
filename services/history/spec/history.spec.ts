import { type CaseEvent, type StoredEvent, accessStream, foldCase } from '@balagh/case-events';
import { randomUUID } from 'node:crypto';
import { accept } from '@balagh/decider';
import {
  type EventStore,
  type RecordedEvent,
  createMemoryEventStore,
  createStreams,
  eventHash,
  verifyChain,
} from '@balagh/event-store';
import { createMemoryPrivacy } from '@balagh/privacy';
import { manualClock } from '@balagh/runtime';
import { proves } from '@balagh/testing';
import { type CaseIndex } from '../src/application/case-index.port';
import { ProjectCase } from '../src/application/project-case.handler';
import { RebuildIndex } from '../src/application/rebuild-index.handler';
import { ShowTrail } from '../src/application/show-trail.handler';
import { type VerificationFault, VerifyCases } from '../src/application/verify-cases.handler';
import { play, waterNote } from './case-examples';
import { caseIndexContract } from './case-index.contract';
import { createMemoryCaseIndex } from './memory-case-index';

caseIndexContract('the memory index', () => Promise.resolve(createMemoryCaseIndex()));

const clock = manualClock('2026-03-02T08:00:00.000Z');
const viewer = (n: number) => ({
  commandId: `aa000000-0000-4000-8000-00000000000${n}`,
  tenant: 'MUS',
  actor: { kind: 'staff', id: 'auditor', organisation: 'MUS' } as const,
  line: 'system' as const,
  correlationId: 'k',
  causationId: 'k',
});

async function surroundings(cases = 1) {
  const store = createMemoryEventStore();
  const index = createMemoryCaseIndex();
  const streams = createStreams(store, { author: 'access', now: () => clock.now().toISOString() });
  const privacy = createMemoryPrivacy();
  const project = new ProjectCase(streams, index);
  const ids: string[] = [];
  for (let n = 1; n <= cases; n += 1) {
    const id = await play(store, n);
    await project.project(id, waterNote(n).length - 1);
    ids.push(id);
  }
  return {
    store,
    index,
    streams,
    privacy,
    project,
    ids,
    trails: new ShowTrail(store, streams, index, privacy),
  };
}

const request = { tenant: 'MUS', case: 'MUS-2026-000001', reveal: false };

async function faultsOf(
  store: EventStore,
  index: CaseIndex,
  tenants = ['MUS'],
): Promise<VerificationFault[]> {
  const faults: VerificationFault[] = [];
  for await (const progress of new VerifyCases(store, index, clock).verify(tenants))
    faults.push(...progress.faults);
  return faults;
}

const viewed = {
  type: 'CaseViewed',
  data: { caseId: 'ca5e0000-0000-4000-8000-000000000001', version: 1, versions: 1, revealed: false },
} as const;

/** The store after somebody removed these events from its tables. */
function storeWithout(store: EventStore, gone: (event: RecordedEvent) => boolean): EventStore {
  const left = (events: readonly RecordedEvent[]) => events.filter((event) => !gone(event));
  return {
    ...store,
    readAll: async (options) => {
      const page = await store.readAll(options);
      return { ...page, events: left(page.events) };
    },
    readStream: async (stream, options = {}) => {
      const { limit = 10_000, ...rest } = options;
      const read = await store.readStream(stream, rest);
      return read.kind === 'missing' ? read : { ...read, events: left(read.events).slice(0, limit) };
    },
  };
}

describe('the trail of a closed case', () => {
  it('names every line that acted, in order, without a gap in version numbers', async () => {
    proves('SYS-03');
    const { trails } = await surroundings();
    const trail = await trails.show(request, viewer(1));
    const lines = trail?.entries.map((e) => e.event.metadata.line) ?? [];
    expect(lines.filter((line, i) => line !== lines[i - 1])).toEqual(['1', 'system', '2', 'partner', '2']);
    expect(trail?.entries.map((e) => e.event.revision)).toEqual(waterNote(1).map((_, i) => i));
    expect([trail?.entries[0]?.event.type, trail?.entries.at(-1)?.event.type]).toEqual([
      'CaseOpened',
      'CaseClosed',
    ]);
    for (const { event } of trail?.entries ?? []) {
      const { actor, recordedAt, channel, correlationId, causationId } = event.metadata;
      expect(
        [actor.id, actor.organisation, recordedAt, channel, correlationId, causationId].every(Boolean),
      ).toBe(true);
    }
  });

  it('shows the fold of the first seven events at version 7, and who looked is on record', async () => {
    proves('SYS-06');
    const { trails, streams, ids } = await surroundings();
    const trail = await trails.show({ ...request, version: 7 }, viewer(1));
    expect(trail).toMatchObject({ version: 7, versions: 13 });
    expect(trail?.state).toEqual(
      foldCase(
        waterNote(1)
          .slice(0, 7)
          .map((step) => step.event),
      ),
    );
    const views = await streams.load<{ type: 'CaseViewed'; data: unknown }>(accessStream(ids[0] ?? ''));
    expect(views.events.map(({ type, data, metadata }) => [type, data, metadata.actor.id])).toEqual([
      ['CaseViewed', { caseId: ids[0], version: 7, versions: 13, revealed: false }, 'auditor'],
    ]);
  });

  it('shows what was known at a moment, the moment included', async () => {
    const { trails } = await surroundings();
    const stageAt = async (at: string, n: number) =>
      (await trails.show({ ...request, at }, viewer(n)))?.state.stage;
    expect(await stageAt('2026-03-01T08:07:00.000Z', 1)).toBe('WITH_SECOND_LINE');
    expect(await stageAt('2026-03-01T08:07:59.999Z', 2)).toBe('WITH_SECOND_LINE');
    expect(await stageAt('2026-03-01T12:08:00.000+04:00', 3)).toBe('TRANSFERRED_EXTERNALLY');
    expect(await trails.show({ ...request, at: '2026-02-28T00:00:00.000Z' }, viewer(4))).toMatchObject({
      version: 0,
      versions: 13,
      entries: [],
    });
  });

  it('does not exist for another tenant, and nothing is recorded for what does not exist', async () => {
    const { trails, streams, ids } = await surroundings();
    expect(await trails.show({ ...request, tenant: 'TOURISM' }, viewer(1))).toBeUndefined();
    expect(
      await trails.show({ ...request, tenant: 'TOURISM', case: ids[0] ?? '' }, viewer(2)),
    ).toBeUndefined();
    expect(await trails.show({ ...request, case: 'MUS-2026-999999' }, viewer(3))).toBeUndefined();
    expect((await streams.load(accessStream(ids[0] ?? ''))).events).toEqual([]);
  });

  it('is not shown when the view cannot be recorded', async () => {
    const { store, index, privacy } = await surroundings();
    const deaf = createStreams(
      { ...store, append: () => Promise.reject(new Error('full')) },
      { author: 'access', now: () => clock.now().toISOString() },
    );
    await expect(new ShowTrail(store, deaf, index, privacy).show(request, viewer(1))).rejects.toThrow('full');
  });

  it('opens sealed values only when asked, and an erased person reads as nothing', async () => {
    const { store, streams, privacy, project, trails } = await surroundings(0);
    const [opened, filled, ...rest] = waterNote(1);
    const subjectId = '50b0000f-0000-4000-8000-000000000001';
    await privacy.mint(subjectId, 'MUS');
    const details = await privacy.seal(subjectId, 'a leak before the (invented) house 12');
    const form = { details, filled: ['details'] };
    await play(store, 1, [
      opened!,
      { ...filled!, event: { type: 'FormFilled', data: { form } } as CaseEvent },
      ...rest,
    ]);
    await project.project('ca5e0000-0000-4000-8000-000000000001', 12);
    const detailsShown = async (reveal: boolean, n: number) => {
      const trail = await trails.show({ ...request, reveal, version: 2 }, viewer(n));
      return [
        (trail?.entries[1]?.data as { form: { details: unknown } }).form.details,
        trail?.state.form.details,
      ];
    };
    expect(await detailsShown(false, 1)).toEqual([details, details]);
    expect(await detailsShown(true, 2)).toEqual([
      'a leak before the (invented) house 12',
      'a leak before the (invented) house 12',
    ]);
    await privacy.erase(subjectId);
    expect(await detailsShown(true, 3)).toEqual([null, null]);
    const views = await streams.load<StoredEvent<{ type: 'CaseViewed'; data: { revealed: boolean } }>>(
      accessStream('ca5e0000-0000-4000-8000-000000000001'),
    );
    expect(views.events.map((e) => e.data.revealed)).toEqual([false, true, true]);
  });

  it('chains its views too', async () => {
    const { trails, store, ids } = await surroundings();
    for (const n of [1, 2, 3]) await trails.show(request, viewer(n));
    const read = await store.readStream(accessStream(ids[0] ?? ''));
    expect(read.kind === 'found' && [read.events.length, verifyChain(read.events)]).toEqual([3, []]);
  });
});

describe('the index', () => {
  it('is refolded by each message, whatever the order, and waits for a revision it does not see yet', async () => {
    const { store, index, project } = await surroundings(0);
    const id = await play(store, 1, waterNote(1).slice(0, 8));
    await expect(project.project(id, 8)).rejects.toMatchObject({ retriable: true });
    await project.project(id, 2);
    const row = {
      tenant: 'MUS',
      caseId: id,
      caseNumber: 'MUS-2026-000001',
      stage: 'WITH_SECOND_LINE',
      category: 'WATER_LEAK',
      registeredAt: '2026-03-01T08:02:00.000Z',
      version: 8,
    };
    expect(await index.get(id)).toEqual(row);
    await play(store, 1);
    await project.project(id, 12);
    await project.project(id, 0);
    expect(await index.get(id)).toMatchObject({ stage: 'CLOSED', version: 13 });
  });

  it('is put right by a rebuild: missing, wrong, boastful and stray rows', async () => {
    const { store, index, ids } = await surroundings(4);
    const before = await index.rowsAfter(undefined, 10);
    await index.remove(ids[0] ?? '');
    await index.replace({ ...before[1]!, stage: 'OPEN_PAGE' });
    await index.replace({ ...before[2]!, stage: 'OPEN_PAGE', version: 99 });
    await index.upsert({ ...before[3]!, caseId: 'dead0000-0000-4000-8000-000000000001' });
    expect(await new RebuildIndex(store, index).rebuild()).toEqual({ cases: 4, removed: 1 });
    expect(await index.rowsAfter(undefined, 10)).toEqual(before);
  });
});

describe('a verification', () => {
  it('finds nothing in what the services wrote', async () => {
    const { store, index, trails } = await surroundings(3);
    await trails.show(request, viewer(1));
    const progress = [];
    for await (const report of new VerifyCases(store, index, clock).verify(['MUS'])) progress.push(report);
    expect(progress.at(-1)).toEqual({ streamsChecked: 4, eventsChecked: 40, faults: [], done: true });
  });

  it('names rows that do not say what the events say, but not those that may still be on their way', async () => {
    const { store, index, ids } = await surroundings(3);
    const rows = await index.rowsAfter(undefined, 10);
    const stream = (n: number): string => `case-${ids[n] ?? ''}`;
    await index.replace({ ...rows[0]!, stage: 'OPEN_PAGE' });
    await index.remove(ids[1] ?? '');
    await index.replace({ ...rows[2]!, version: 14 });
    await index.upsert({ ...rows[2]!, caseId: 'dead0000-0000-4000-8000-000000000001' });
    expect(await faultsOf(store, index)).toEqual([
      {
        stream: stream(0),
        revision: 12,
        kind: 'READ_SIDE',
        detail: 'stage is not what the first 13 events say',
      },
      { stream: stream(1), revision: 0, kind: 'READ_SIDE', detail: 'row is missing' },
      {
        stream: stream(2),
        revision: 13,
        kind: 'READ_SIDE',
        detail: 'row is at version 14, the stream has 13 events',
      },
      {
        stream: 'case-dead0000-0000-4000-8000-000000000001',
        revision: 0,
        kind: 'GAP',
        detail: 'the whole stream is missing',
      },
    ]);
    clock.set('2026-03-01T08:00:30.000Z');
    await new RebuildIndex(store, index).rebuild();
    await index.remove(ids[1] ?? '');
    expect(await faultsOf(store, index)).toEqual([]);
    clock.set('2026-03-02T08:00:00.000Z');
  });

  it.each(['access', 'message'])(
    'finds what is missing of a stream %s-…, to its last event',
    async (category) => {
      proves('SYS-10');
      const { store, index, streams } = await surroundings(1);
      const stream = `${category}-ca5e0000-0000-4000-8000-00000000000f`;
      for (const n of [1, 2, 3]) await streams.execute(stream, viewer(n), () => accept(viewed));
      const without = async (...removed: number[]) => {
        const gone = ({ stream: of, revision }: RecordedEvent): boolean =>
          of === stream && removed.includes(revision);
        const faults = await faultsOf(storeWithout(store, gone), index);
        return faults.map((fault) => [fault.stream, fault.revision, fault.kind, fault.detail]);
      };
      expect(await without()).toEqual([]);
      expect(await without(0)).toEqual([[stream, 0, 'GAP', 'revision 0 expected']]);
      expect(await without(0, 1)).toEqual([[stream, 0, 'GAP', 'revision 0 expected']]);
      expect(await without(1)).toEqual([[stream, 1, 'GAP', 'revision 1 expected']]);
      expect(await without(2)).toEqual([[stream, 2, 'GAP', 'the stream ends before revision 2']]);
      expect(await without(0, 1, 2)).toEqual([[stream, 0, 'GAP', 'the whole stream is missing']]);
    },
  );

  it('tells a tenant nothing of a removed stream of another tenant’s case', async () => {
    const { store, index, streams, ids } = await surroundings(1);
    await streams.execute(accessStream(ids[0] ?? ''), viewer(1), () => accept(viewed));
    const less = storeWithout(store, ({ stream }) => stream.startsWith('access-'));
    expect(await faultsOf(less, index, ['TOURISM'])).toEqual([]);
    expect(await faultsOf(less, index)).toHaveLength(1);
  });

  it('holds a stream of more than one reading against its head, also while it grows', async () => {
    proves('SYS-10');
    const { store, index, streams } = await surroundings(0);
    const stream = accessStream('ca5e0000-0000-4000-8000-00000000000f');
    const many = Array.from({ length: 400 }, () => viewed);
    for (let n = 0; n < 26; n += 1)
      await streams.execute(stream, { ...viewer(0), commandId: randomUUID() }, () => accept(...many));
    const growing: EventStore = {
      ...store,
      readStream: async (name, options) => {
        const read = await store.readStream(name, options);
        if (options?.direction === 'backwards')
          await streams.execute(stream, { ...viewer(0), commandId: randomUUID() }, () => accept(viewed));
        return read;
      },
    };
    expect(await faultsOf(growing, index)).toEqual([]);
    const cut = storeWithout(store, ({ revision }) => revision >= 10_400);
    expect(await faultsOf(cut, index)).toMatchObject([{ stream, revision: 10_400, kind: 'GAP' }]);
  });

  it('names an event that only a newer version knows, also one that comes meanwhile, and goes on', async () => {
    const { store, index, ids } = await surroundings(2);
    const stream = `case-${ids[0] ?? ''}`;
    const read = await store.readStream(stream);
    const last = read.kind === 'found' ? read.events.at(-1) : undefined;
    if (last === undefined) throw new Error('missing');
    const metadata = JSON.stringify({ tenant: 'MUS', previousHash: eventHash(last) });
    const newer = { id: randomUUID(), type: 'CaseBlessed', data: '{}', metadata };
    const detail = 'newer than this version: unknown event type';
    const fault = { stream, revision: last.revision + 1, kind: 'SCHEMA', detail };
    const [row] = await index.rowsAfter(undefined, 1);
    await index.remove(ids[0] ?? '');
    const meanwhile: EventStore = {
      ...store,
      readStream: async (name, options) => {
        const before = await store.readStream(name, options);
        if (name === stream && options?.headHash === true) await store.append(stream, last.revision, [newer]);
        return before;
      },
    };
    expect(await faultsOf(meanwhile, index)).toEqual([fault]);
    await index.replace(row!);
    await index.remove(ids[1] ?? '');
    expect(await faultsOf(store, index)).toMatchObject([fault, { kind: 'READ_SIDE' }]);
  });

  it('looks at the asked tenants only', async () => {
    const { store, index } = await surroundings(1);
    const reports = [];
    for await (const report of new VerifyCases(store, index, clock).verify(['TOURISM'])) reports.push(report);
    expect(reports.at(-1)).toMatchObject({ streamsChecked: 0, faults: [] });
  });
});
