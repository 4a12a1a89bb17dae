import { type MessageChannel } from '@balagh/case-events';
import {
  type AskableChannel,
  type AskedOutcome,
  ChannelUnavailable,
  type OutgoingMessage,
  type SendOutcome,
  type SilentChannel,
} from '../src/application/channel.port';

/**
 * `lost`: not taken, no answer. `unheard`: taken, no answer. `down`: refused for now; asking fails, too. `refuse`: refused
 * for good.
 */
export type FakeFault = 'none' | 'lost' | 'unheard' | 'down' | 'refuse';

class Outbox {
  /** What reached the other side: one entry per message that a person would see. */
  readonly delivered: OutgoingMessage[] = [];
  /** Faults of the next submissions, first one first; `none` when empty. */
  readonly faults: FakeFault[] = [];
  submissions = 0;

  protected outcome(message: OutgoingMessage, take: () => void): SendOutcome {
    this.submissions += 1;
    switch (this.faults.shift() ?? 'none') {
      case 'lost':
        return { kind: 'unknown', cause: 'TIMEOUT' };
      case 'down':
        return { kind: 'rejected', code: 'GATEWAY_UNAVAILABLE', retriable: true };
      case 'refuse':
        return { kind: 'rejected', code: 'ADDRESS_REJECTED', retriable: false };
      case 'unheard':
        take();
        return { kind: 'unknown', cause: 'CONNECTION_LOST' };
      case 'none':
        take();
        return { kind: 'accepted', providerReference: `fake-${message.reference}` };
    }
  }
}

/** A gateway that takes each reference once and remembers it. */
export class FakeGateway extends Outbox implements AskableChannel {
  readonly canBeAsked = true;
  silent = false;

  constructor(readonly channel: MessageChannel) {
    super();
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    return this.outcome(message, () => {
      if (!this.delivered.some(({ reference }) => reference === message.reference))
        this.delivered.push(message);
    });
  }

  async ask(references: readonly string[]): Promise<ReadonlyMap<string, AskedOutcome>> {
    if (this.silent) throw new ChannelUnavailable('silent');
    const known = references.filter((reference) =>
      this.delivered.some((message) => message.reference === reference),
    );
    return new Map(
      known.map((r) => [r, { providerReference: `fake-${r}`, deliveredAt: '2026-05-04T06:00:10.000Z' }]),
    );
  }
}

/** A mail server: takes the same message as often as it is given, and cannot be asked. */
export class FakeMail extends Outbox implements SilentChannel {
  readonly channel = 'EMAIL';
  readonly canBeAsked = false;

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    return this.outcome(message, () => void this.delivered.push(message));
  }
}
