import {
  type CommandOutcome,
  ConflictExhausted,
  DeadlineExceeded,
  type StreamCommand,
  type Streams,
  Unavailable,
} from '@balagh/event-store';
import { coalesced } from '@balagh/event-feed';

interface Gathering {
  readonly execute: (command: StreamCommand) => Promise<CommandOutcome>;
  /** Commands that have not been answered. */
  open: number;
}

/**
 * Commands on the same case that come while one of them is under way travel in the next append. They stand by themselves: a refusal or a fault
 * of one is not the others'.
 */
export class CommandsTogether {
  private readonly gatherings = new Map<string, Gathering>();

  constructor(private readonly streams: Pick<Streams, 'executeAll'>) {}

  /** As `Streams.execute`. */
  async of(stream: string, command: StreamCommand): Promise<CommandOutcome> {
    const gathering = this.gatherings.get(stream) ?? this.begin(stream);
    gathering.open += 1;
    try {
      return await gathering.execute(command);
    } finally {
      gathering.open -= 1;
      if (gathering.open === 0) this.gatherings.delete(stream);
    }
  }

  private begin(stream: string): Gathering {
    const together = (commands: readonly StreamCommand[]) => this.executeAll(stream, commands);
    const gathering = { execute: coalesced(together, { apart: (error) => !isOfTheStore(error) }), open: 0 };
    this.gatherings.set(stream, gathering);
    return gathering;
  }

  /** Those that a refusal cut off go on behind it. */
  private async executeAll(
    stream: string,
    commands: readonly StreamCommand[],
  ): Promise<readonly CommandOutcome[]> {
    const outcomes: CommandOutcome[] = [];
    while (outcomes.length < commands.length) {
      const more = await this.streams.executeAll(stream, commands.slice(outcomes.length));
      if (more.length === 0) throw new TypeError('commands have no outcome');
      outcomes.push(...more);
    }
    return outcomes;
  }
}

/** Nothing that one of the commands alone could have caused. */
function isOfTheStore(error: unknown): boolean {
  return [Unavailable, DeadlineExceeded, ConflictExhausted].some((fault) => error instanceof fault);
}
