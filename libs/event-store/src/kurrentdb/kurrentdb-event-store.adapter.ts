import { type EventStore, type ReadAllOptions, type ReadAllResult } from '../event-store.port';
import { checkAppend, checkReadAll, checkReadStream } from '../json/event-checks';
import { follow } from '../subscription';
import { createWakeUp } from '../wake-up';
import { appendTo } from './kurrentdb-appending';
import { KurrentDbConnection } from './kurrentdb-connection';
import { positionForm } from './kurrentdb-events';
import { KurrentDbHint } from './kurrentdb-hint';
import { readAllFrom, readStreamFrom } from './kurrentdb-reading';

export interface KurrentDbEventStoreOptions {
  /** `kurrentdb://user:password@host:2113`, or with `?tls=false` for a server without TLS and rights. */
  readonly connectionString: string;
  /** Milliseconds without an answer after which a subscription gives its connection up and takes another. Default 5,000. */
  readonly silenceMs?: number;
}

/**
 * The event store on KurrentDB, by the optional package `@kurrent/kurrentdb-client` (from 1.3.1), loaded when the store is opened.
 *
 * Bytes come back as they were; `storedAt` has whole seconds; streams have no `headHash`, links are checked
 * against the last event. An append that fixes its slots costs a read before it. Never soft-deletes or truncates.
 * @throws StoreClientMissing; TypeError for a connection string that would change what the port promises
 */
export function createKurrentDbEventStore(options: KurrentDbEventStoreOptions): EventStore {
  const connection = new KurrentDbConnection(options.connectionString);
  const wakeUp = createWakeUp();
  const hint = new KurrentDbHint(connection, wakeUp);
  const silenceMs = options.silenceMs ?? 5_000;
  const readAll = async (request: ReadAllOptions = {}): Promise<ReadAllResult> => {
    checkReadAll(request, positionForm);
    return readAllFrom(connection, request);
  };
  return {
    async append(stream, expected, events, call) {
      checkAppend(stream, expected, events);
      const result = await appendTo(connection, { stream, expected, events }, call);
      if (!result.replayed) wakeUp.signal();
      return result;
    },
    async readStream(stream, request) {
      checkReadStream(stream, request);
      return readStreamFrom(connection, stream, request);
    },
    readAll,
    subscribe(request) {
      hint.listen();
      return follow(request, { readAll, wakeUp, silenceMs, pollMs: () => hint.pollMs() });
    },
    async close() {
      hint.close();
      wakeUp.signal();
      await connection.close();
    },
  };
}
