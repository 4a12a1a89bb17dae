import { CaseLanes } from '../src/delivery/case-lanes';
import { coalesced } from '../src/delivery/coalesced';
import { rowsTogether } from '../src/delivery/rows-together';
import { backOffMs } from '../src/delivery/back-off';
import { Watermark } from '../src/delivery/watermark';
import { fromTopic } from '../src/delivery/incoming';
import { coPartitioned } from '../src/kafka/co-partition';
import { unusableMessage } from '../src/kafka/relay-message';
import { PartitionOffsets } from '../src/kafka/partition-offsets';
import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { caseNumber } from './case-story';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the watermark', () => {
  it('stands before the first unfinished position, whatever finished behind it', () => {
    const watermark = new Watermark<number>();
    const [one, two, three] = [1, 2, 3].map((n) => watermark.add(n));
    two?.();
    expect(watermark.low).toBeUndefined();
    one?.();
    expect(watermark.low).toBe(2);
    watermark.pass(9);
    expect(watermark.low).toBe(2);
    three?.();
    expect(watermark.low).toBe(9);
    watermark.pass(10);
    expect(watermark.low).toBe(10);
  });
});

describe('offsets of a group', () => {
  it('are due up to the last finished message, once, and never taken twice', () => {
    const offsets = new PartitionOffsets();
    const first = offsets.take('case.intake', 3, 7n);
    const second = offsets.take('case.intake', 3, 9n);
    expect(offsets.take('case.intake', 3, 9n)).toBeUndefined();
    second?.();
    expect(offsets.due()).toEqual([]);
    first?.();
    const due = offsets.due();
    expect(due).toEqual([{ topic: 'case.intake', partition: 3, offset: 10n }]);
    offsets.committed(due);
    expect(offsets.due()).toEqual([]);
  });
});

describe('coalesced calls', () => {
  /** Calls that rest so many milliseconds after each other, and how many items each took. */
  function resting(restMs: number) {
    const sizes: number[] = [];
    const work = async (items: readonly number[]) => {
      sizes.push(items.length);
      return items;
    };
    return { sizes, note: coalesced(work, { restMs }) };
  }

  it('send together what came while a call was under way, and answer each with its own result', async () => {
    const lists: number[][] = [];
    const double = coalesced(async (items: readonly number[]) => {
      lists.push([...items]);
      await turn();
      return items.map((n) => n * 2);
    });
    const first = double(1);
    await turn();
    const rest = [double(2), double(3)];
    expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6]);
    expect(lists).toEqual([[1], [2, 3]]);
  });

  it('wait for the end of the turn, so that a whole page goes in one list', async () => {
    const sizes: number[] = [];
    const count = coalesced(async (items: readonly number[]) => {
      sizes.push(items.length);
      return items;
    });
    const page: Promise<number>[] = [];
    for (let n = 0; n < 40; n += 1) {
      page.push(count(n));
      await Promise.resolve();
    }
    await Promise.all(page);
    expect(sizes).toEqual([40]);
  });

  it('rest between calls, so that what comes one after the other goes together', async () => {
    const { note, sizes } = resting(50);
    await note(0);
    const rested = performance.now();
    const two = [note(1)];
    await turn();
    two.push(note(2));
    await Promise.all(two);
    expect(sizes).toEqual([1, 2]);
    // A timer counts from the beginning of its turn, in whole milliseconds: it may come a little early.
    expect(performance.now() - rested).toBeGreaterThan(40);
  });

  it('do not rest when eight wait', async () => {
    const { note, sizes } = resting(60_000);
    await note(0);
    const waiting = [];
    for (let n = 1; n <= 7; n += 1) {
      waiting.push(note(n));
      await turn();
    }
    expect(sizes).toEqual([1]);
    waiting.push(note(8));
    await Promise.all(waiting);
    expect(sizes).toEqual([1, 8]);
  });

  it('fail together, and the next call works again', async () => {
    let away = true;
    const ask = coalesced(async (items: readonly string[]) => {
      if (away) throw new Error('away');
      return items;
    });
    await expect(Promise.all([ask('a'), ask('b')])).rejects.toThrow('away');
    away = false;
    expect(await ask('c')).toBe('c');
  });
});

describe('rows of read models that are written together', () => {
  interface Row {
    readonly key: string;
    readonly version: number;
    readonly broken?: boolean;
  }
  function table() {
    const statements: string[][] = [];
    const write = rowsTogether<Row>(
      ({ key }) => key,
      async (rows) => {
        statements.push(rows.map(({ key, version }) => `${key}${version}`));
        await turn();
        if (rows.some(({ broken }) => broken === true))
          throw Object.assign(new Error('broken'), { code: '22P02' });
        return new Set(rows.map(({ key }) => key));
      },
    );
    return { statements, write };
  }

  it('are one of a key, the newest, in the order of keys; older ones hear that they were not written', async () => {
    const { statements, write } = table();
    const rows: Row[] = [
      { key: 'b', version: 2 },
      { key: 'a', version: 1 },
      { key: 'b', version: 1 },
    ];
    expect(await Promise.all(rows.map(write))).toEqual([true, true, false]);
    expect(statements).toEqual([['a1', 'b2']]);
  });

  it('do not suffer from a broken one among them', async () => {
    const { write } = table();
    const results = await Promise.allSettled([
      write({ key: 'a', version: 1 }),
      write({ key: 'b', version: 1, broken: true }),
      write({ key: 'c', version: 1 }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('lanes', () => {
  it('let a waiting case in before a busy case has its second turn', async () => {
    const order: string[] = [];
    const lanes = new CaseLanes<{ caseId: string; topic: 'case.intake'; n: number }>({
      concurrency: 1,
      work: async ({ caseId, n }) => {
        order.push(`${caseId}${n}`);
        await turn();
      },
    });
    for (const n of [1, 2]) lanes.push({ caseId: 'A', topic: 'case.intake', n });
    lanes.push({ caseId: 'B', topic: 'case.intake', n: 1 });
    await lanes.idle();
    expect(order).toEqual(['A1', 'B1', 'A2']);
  });

  it('begin with a page when all of it has come, in however many steps', async () => {
    const seen: number[] = [];
    let come = 0;
    const lanes = new CaseLanes<{ caseId: string; topic: 'case.intake' }>({
      concurrency: 4,
      work: async () => void seen.push(come),
    });
    for (const caseId of ['A', 'B', 'A']) {
      lanes.push({ caseId, topic: 'case.intake' });
      come += 1;
      await Promise.resolve();
    }
    await lanes.idle();
    expect(seen).toEqual([3, 3, 3]);
  });
});

describe('the back-off', () => {
  it('doubles from 100 ms and never exceeds 5 s', () => {
    expect([1, 2, 3, 6, 7, 50].map(backOffMs)).toEqual([100, 200, 400, 3_200, 5_000, 5_000]);
  });
});

describe('a message from a topic', () => {
  const message = {
    specversion: '1.0',
    id: caseNumber(7),
    source: '/balagh/intake',
    type: 'balagh.case.v1.CaseOpened',
    subject: caseNumber(1),
    time: '2026-01-04T06:00:00.000Z',
    datacontenttype: 'application/json',
    caserevision: 0,
    tenant: 'MUS',
    correlationid: 'contact-1',
    causationid: 'command-1',
    data: { channel: 'PHONE' },
  };
  const raw = (value: unknown, key: string | undefined = caseNumber(1)): Parameters<typeof fromTopic>[0] => ({
    topic: 'case.intake',
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    place: 'case.intake/0/5',
  });

  it.each([
    ['a message that keeps the contract', raw(message), { message }],
    [
      'one with a field of a newer publisher',
      raw({ ...message, later: true }),
      { message: { ...message, later: true } },
    ],
    ['no JSON', raw('{'), { problem: 'MESSAGE_UNREADABLE' }],
    ['JSON that is no object', raw('[1]'), { problem: 'MESSAGE_UNREADABLE' }],
    ['a missing tenant', raw({ ...message, tenant: undefined }), { problem: 'MESSAGE_INVALID' }],
    ['a case id that is not one', raw({ ...message, subject: 'x' }), { problem: 'MESSAGE_INVALID' }],
    ['the key of another case', raw(message, caseNumber(2)), { problem: 'MESSAGE_KEY_FOREIGN' }],
    ['a revision that no case has', raw({ ...message, caserevision: 3e9 }), { problem: 'MESSAGE_INVALID' }],
  ])('is read or refused with a code: %s', (_, given, content) => {
    expect(fromTopic(given, undefined)?.content).toMatchObject(content);
  });

  it.each([
    ['a key with a character that no table takes', raw(message, 'a\u0000b')],
    ['a key of 4 kB', raw(message, 'k'.repeat(4_000))],
    ['an empty key', raw(message, '')],
    ['no key', { ...raw(message), key: undefined }],
  ])('stands for its place when it has %s', (_, given) => {
    expect(fromTopic(given, undefined)).toMatchObject({ caseId: 'case.intake/0/5', revision: 0 });
  });

  it.each([3e9, -1, 0.5, '7', undefined])('has no revision when it claims %p', (caserevision) => {
    expect(fromTopic(raw({ ...message, caserevision }), undefined)).toMatchObject({
      caseId: caseNumber(1),
      revision: -1,
    });
  });

  it('has a mark of its own place and content when it is broken', () => {
    const marks = [raw('{'), raw('{'), raw('['), { ...raw('{'), place: 'case.intake/0/6' }].map((given) => {
      const content = fromTopic(given, undefined)?.content;
      return content !== undefined && 'mark' in content ? content.mark : undefined;
    });
    expect(marks[0]).toBe(marks[1]);
    expect(new Set(marks).size).toBe(3);
    expect(marks).not.toContain(undefined);
  });

  it('is skipped unread when its type is not wanted, broken or not', () => {
    expect(fromTopic(raw({ ...message, tenant: undefined }), ['CaseRegistered'])).toBeUndefined();
    expect(fromTopic(raw(message), ['CaseOpened'])?.revision).toBe(0);
  });
});

describe('a message for an event that the relay cannot read', () => {
  const event = { stream: `case-${caseNumber(1)}`, revision: 4, type: 'FieldTeamSent' };
  const onTopic = { topic: 'case.dispatch', place: 'case.dispatch/0/5' } as const;
  const come = (types?: readonly string[]) => {
    const { key, value } = unusableMessage(event) ?? {};
    return fromTopic({ ...onTopic, key: String(key), value: String(value) }, types);
  };

  it('parks its case where its type is wanted, at its revision, and nowhere else', () => {
    expect(come(['FieldTeamSent'])).toMatchObject({
      caseId: caseNumber(1),
      revision: 4,
      content: { problem: 'MESSAGE_INVALID' },
    });
    expect(come()).toEqual(come(['FieldTeamSent']));
    expect(come(['CaseClosed'])).toBeUndefined();
  });
});

describe('the assignment of partitions', () => {
  it('gives partition n of every topic to the same replica, so that a case stays together', async () => {
    const cluster = {
      findTopicPartitionMetadata: () => [0, 1, 2, 3, 4].map((partitionId) => ({ partitionId })),
    };
    const assigner = coPartitioned({ cluster } as unknown as Parameters<PartitionAssigner>[0]);
    const assigned = await assigner.assign({
      members: ['b', 'a'].map((memberId) => ({ memberId, memberMetadata: Buffer.alloc(0) })),
      topics: ['case.intake', 'case.routing'],
    });
    const decoded = assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment,
    ]);
    expect(decoded).toEqual([
      ['a', { 'case.intake': [0, 2, 4], 'case.routing': [0, 2, 4] }],
      ['b', { 'case.intake': [1, 3], 'case.routing': [1, 3] }],
    ]);
  });
});
