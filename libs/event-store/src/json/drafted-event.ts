import { type RawEvent } from '@balagh/case-events';
import { eventHash } from '../case-streams/chain';
import { encodeJson } from './encode-json';

/**
 * An event whose bodies were serialised here, by `encodeJson`, and whose hash is known. What an adapter checks of other events, and computes
 * for them, it need not repeat for these: each body would be parsed and each hash computed up to four times on its way to the store.
 */
export class DraftedEvent implements RawEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  readonly #hash: string;

  /** @throws InvalidEvent when a body cannot be stored */
  constructor(
    { id, stream, revision, type }: Pick<RawEvent, 'id' | 'stream' | 'revision' | 'type'>,
    bodies: { readonly data: unknown; readonly metadata: unknown },
  ) {
    this.id = id;
    this.stream = stream;
    this.revision = revision;
    this.type = type;
    this.data = encodeJson(bodies.data);
    this.metadata = encodeJson(bodies.metadata);
    this.#hash = eventHash(this);
  }

  /** Where it ends its stream: revision, and hex SHA-256 as by `eventHash`. */
  get head(): { readonly revision: number; readonly hash: string } {
    return { revision: this.revision, hash: this.#hash };
  }

  /** The hash, if that is where the event is to stand. */
  hashAt(stream: string, revision: number): string | undefined {
    return this.stream === stream && this.revision === revision ? this.#hash : undefined;
  }
}
