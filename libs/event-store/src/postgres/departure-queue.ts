import { defaultDeadlineMs } from '../deadline';
import { DeadlineExceeded, EventStoreError } from '../event-store.errors';
import { type CallOptions } from '../event-store.port';

export interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
  /** Answered, failed or given up: nobody waits any more. */
  readonly isOver: () => boolean;
}

/** Calls that wait for a flight, and those aboard: each ends at its own deadline, wherever it is then. */
export class DepartureQueue<Request extends { readonly call: CallOptions }, Answer> {
  waiting: Waiting<Request, Answer>[] = [];

  /** @param arrived called once the call waits, unless it was given up before */
  enter(request: Request, arrived: () => void): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const { deadlineMs = defaultDeadlineMs, signal } = request.call;
      let over = false;
      const stopWaiting = (): void => {
        over = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      };
      const waiting: Waiting<Request, Answer> = {
        request,
        settle: (answer) => (stopWaiting(), resolve(answer)),
        fail: (error) => (stopWaiting(), reject(error as Error)),
        isOver: () => over,
      };
      const giveUp = (): void => {
        const queued = this.waiting.indexOf(waiting);
        if (queued >= 0) this.waiting.splice(queued, 1);
        waiting.fail(new DeadlineExceeded('the event store did not answer in time'));
      };
      const timer = setTimeout(giveUp, deadlineMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.waiting.push(waiting);
      if (signal?.aborted === true) giveUp();
      else arrived();
    });
  }
}

/**
 * After a flight failed. What the store could not do fails all aboard. A statement that can never succeed was rolled back whole: then each
 * that still waits flies alone, and its causer alone hears of it.
 */
export async function landFailed<Request, Answer>(
  aboard: readonly Waiting<Request, Answer>[],
  error: unknown,
  flyAlone: (passenger: Waiting<Request, Answer>) => Promise<void>,
): Promise<void> {
  if (aboard.length > 1 && !(error instanceof EventStoreError))
    for (const passenger of aboard) {
      if (!passenger.isOver()) await flyAlone(passenger);
    }
  else for (const passenger of aboard) passenger.fail(error);
}
