import { type CommandContext } from '../src/case-streams/case-streams';

/** A command of line 1 with nothing special about it. */
export const commandOf = (commandId: string, more: Partial<CommandContext> = {}): CommandContext => ({
  commandId,
  tenant: 'MUS',
  actor: { kind: 'staff', id: 'agent-1', organisation: 'MUS' },
  line: '1',
  correlationId: 'k1',
  causationId: 'k1',
  ...more,
});
