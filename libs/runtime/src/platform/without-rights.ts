import {
  type EventStore,
  ForeignEventType,
  type Streams,
  createStreams,
  executeBy,
} from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';

/** Personal data was asked for in a service that was given no keys. A bug or a wrong deployment, never a user's fault. */
export class KeysNotGranted extends Error {
  readonly code = 'KEYS_NOT_GRANTED';
  readonly retriable = false;
}

/** The privacy of a service without KEYS_URL: every use fails. */
export function privacyWithoutKeys(): Privacy {
  const refuse = (): Promise<never> => Promise.reject(new KeysNotGranted('KEYS_NOT_GRANTED'));
  return {
    mint: refuse,
    seal: refuse,
    sealAll: refuse,
    open: refuse,
    openOrErased: refuse,
    sealBytes: refuse,
    openBytes: refuse,
    erase: refuse,
    blindIndex: refuse,
    fingerprint: refuse,
  };
}

/** The streams of a service that authors no events: it reads, and cannot append. */
export function readOnlyStreams(store: EventStore, now: () => string): Streams {
  const streams = createStreams(store, { author: 'access', now });
  const executeAll = () => Promise.reject(new ForeignEventType('this service authors no events'));
  return { ...streams, executeAll, execute: executeBy(executeAll) };
}
