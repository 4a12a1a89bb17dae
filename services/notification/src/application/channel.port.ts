import { type MessageChannel } from '@balagh/case-events';

/** What a channel is given. `reference` is the message id: stable over all attempts, the channel's idempotency key. */
export interface OutgoingMessage {
  readonly reference: string;
  /** E.164 for SMS, WhatsApp and fax; an address for mail. */
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
}

/**
 * What is known after a submission. `rejected` is said only when the channel surely does not have the message;
 * everything that leaves a doubt is `unknown`. Never thrown: an adapter turns its faults into one of these.
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerReference?: string }
  /** `retriable`: the same request may be taken later. `code` is stable and never personal. */
  | { readonly kind: 'rejected'; readonly code: string; readonly retriable: boolean }
  | { readonly kind: 'unknown'; readonly cause: 'TIMEOUT' | 'CONNECTION_LOST' };

/** What a channel says of one reference it knows. */
export interface AskedOutcome {
  readonly providerReference?: string;
  /** RFC 3339, once delivered. */
  readonly deliveredAt?: string;
}

interface Sends {
  readonly channel: MessageChannel;
  /** Ends within `SEND_TIMEOUT_MS`, connection included. */
  send(message: OutgoingMessage): Promise<SendOutcome>;
}

/** A gateway that takes each reference once and can be asked about it (MUS-18). */
export interface AskableChannel extends Sends {
  readonly canBeAsked: true;
  /**
   * What became of these references, at most 100; those the channel never took are absent.
   * @throws ChannelUnavailable when it does not answer
   */
  ask(references: readonly string[]): Promise<ReadonlyMap<string, AskedOutcome>>;
}

/** A channel without memory for us: an unknown outcome stays unknown (design §3.14). */
export interface SilentChannel extends Sends {
  readonly canBeAsked: false;
}

export type SmsChannel = AskableChannel;
export type WhatsAppChannel = AskableChannel;
export type FaxChannel = AskableChannel;
export type MailChannel = SilentChannel;
export type Channel = AskableChannel | SilentChannel;

/** The channels that this installation can use; a channel that is absent is not offered. */
export type Channels = ReadonlyMap<MessageChannel, Channel>;

export const SEND_TIMEOUT_MS = 5_000;

export class ChannelUnavailable extends Error {
  readonly code = 'CHANNEL_UNAVAILABLE';
  readonly retriable = true;
}
