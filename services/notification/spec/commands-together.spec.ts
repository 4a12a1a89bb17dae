import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CaseEvent } from '@balagh/case-events';
import { type Decision, accept, reject } from '@balagh/decider';
import {
  type CommandContext,
  type StreamCommand,
  type Streams,
  Unavailable,
  createMemoryEventStore,
  createStreams,
} from '@balagh/event-store';
import { CommandsTogether } from '../src/application/commands-together';

const uuid = (n: number): string => `7b0c0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [stream, other] = [1, 2].map((n) => `case-${uuid(n)}`) as [string, string];

function sent(n: number): Decision<CaseEvent> {
  const data = {
    messageId: uuid(n),
    trigger: 'CaseRegistered',
    recipient: 'REPORTER',
    channel: 'SMS',
  } as const;
  return accept({ type: 'NotificationSent', data: { ...data, attempts: 1 } });
}

function command(n: number, decide: () => Decision<CaseEvent> = () => sent(n)): StreamCommand {
  const context: CommandContext = {
    commandId: uuid(1_000 + n),
    tenant: 'MUS',
    actor: { kind: 'system', id: 'notification', organisation: 'MUS' },
    line: 'system',
    correlationId: 'k1',
    causationId: 'k1',
  };
  return { context, decide };
}

/** Says how many commands each call had; `fault` may make one fail. */
function together(fault: (stream: string, commands: readonly StreamCommand[]) => void = () => undefined) {
  const inner = createStreams(createMemoryEventStore(), {
    author: 'notification',
    now: () => '2026-03-01T08:00:00.000Z',
  });
  const calls: [string, number][] = [];
  const executeAll = (async (name: string, commands: readonly StreamCommand[]) => {
    calls.push([name, commands.length]);
    await nextTurn();
    fault(name, commands);
    return inner.executeAll(name, commands);
  }) as Streams['executeAll'];
  return { of: new CommandsTogether({ executeAll }), calls };
}

const settled = async (all: readonly Promise<{ kind: string }>[]): Promise<readonly unknown[]> =>
  (await Promise.allSettled(all)).map((result) =>
    result.status === 'fulfilled' ? result.value.kind : (result.reason as Error).message,
  );

describe('commands on the same case', () => {
  it('travel together when they come at once, or while another is under way', async () => {
    const { of, calls } = together();
    const first = [of.of(stream, command(1)), of.of(other, command(2))];
    await nextTurn();
    const more = [3, 4, 5].map((n) => of.of(stream, command(n)));
    const revisions = (await Promise.all([...first, ...more])).map((outcome) =>
      outcome.kind === 'accepted' ? outcome.revision : outcome.rejection.code,
    );
    expect(revisions).toEqual([0, 0, 1, 2, 3]);
    expect(calls).toEqual([
      [stream, 1],
      [other, 1],
      [stream, 3],
    ]);
    expect((await of.of(stream, command(6))).kind).toBe('accepted');
  });

  it('do not suffer from the refusal of one', async () => {
    const { of, calls } = together();
    const refused = command(2, () => reject('NOT_REQUESTED', 'missing'));
    const all = [command(1), refused, command(3)].map((one) => of.of(stream, one));
    expect(await settled(all)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(calls.map(([, count]) => count)).toEqual([3, 1]);
  });

  it('do not suffer from the fault of one', async () => {
    const { of, calls } = together();
    const broken = command(2, () => {
      throw new Error('broken');
    });
    const all = [command(1), broken, command(3)].map((one) => of.of(stream, one));
    expect(await settled(all)).toEqual(['accepted', 'broken', 'accepted']);
    expect(calls.map(([, count]) => count)).toEqual([3, 1, 1, 1]);
  });

  it('all hear of a store that is away, which is asked once', async () => {
    const { of, calls } = together(() => {
      throw new Unavailable('away');
    });
    const all = [1, 2].map((n) => of.of(stream, command(n)));
    expect(await settled(all)).toEqual(['away', 'away']);
    expect(calls).toEqual([[stream, 2]]);
  });
});
