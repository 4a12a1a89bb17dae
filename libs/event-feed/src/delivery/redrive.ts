import { randomUUID } from 'node:crypto';
import { caseStream } from '@balagh/case-events';
import { type Failure } from '../progress/feed-progress.port';
import { type CaseDelivery, type DeliveryParts } from './case-delivery';
import { RedriveInProgress, faultCode, parksCase } from './fault';
import { type Incoming, fromStore, greatestRevision, wantedTypes } from './incoming';

const pageSize = 500;

/**
 * Handles what a parked case missed, in stream order, read from the store, then clears the park. Every message not yet
 * noted as handled is due, on every topic of the consumer: also one that is older than the first failure but
 * came later on another topic.
 * @throws the handler's error if it fails again (the case stays parked); RedriveInProgress
 */
export async function redriveCase(
  parts: DeliveryParts,
  delivery: CaseDelivery,
  caseId: string,
): Promise<void> {
  const { progress, log } = parts;
  const claimant = randomUUID();
  const claim = await progress.claimRedrive(caseId, claimant);
  if (claim === 'not-parked') return;
  if (claim === 'taken') throw new RedriveInProgress(caseId);
  const redrive: Redrive = { ...parts, delivery, caseId, claimant };
  try {
    let end = await handleMissed(redrive);
    while (!(await progress.unpark(caseId, end))) {
      const next = await handleMissed(redrive);
      // What waits lies beyond the stream: a broken message claimed a revision that does not exist.
      if (next === end) await progress.unpark(caseId, greatestRevision);
      end = next;
    }
  } catch (error) {
    await progress.releaseRedrive(caseId, failureOf(redrive, error));
    throw error;
  }
  log.info({ event: 'feed.case.redriven', consumer: progress.consumer, caseId });
}

interface Redrive extends DeliveryParts {
  readonly delivery: CaseDelivery;
  readonly caseId: string;
  readonly claimant: string;
  /** The message being handled. */
  current?: Incoming | undefined;
}

function failureOf({ current }: Redrive, error: unknown): Failure | undefined {
  if (current === undefined || !parksCase(error)) return undefined;
  const { topic, caseId, revision } = current;
  return { topic, caseId, revision, reason: faultCode(error) };
}

/** @returns the revision of the stream's last event that was seen; -1 when the case has no stream */
async function handleMissed(redrive: Redrive): Promise<number> {
  const { subscription, progress, store, delivery, caseId, claimant } = redrive;
  const wanted = wantedTypes(subscription);
  const { handled } = await progress.state(caseId);
  let from = Math.min(...subscription.topics.map((topic) => handled.get(topic) ?? -1)) + 1;
  for (;;) {
    const page = await store.readStream(caseStream(caseId), { from, limit: pageSize });
    if (page.kind === 'missing') return -1;
    await progress.claimRedrive(caseId, claimant);
    for (const event of page.events) {
      const due = fromStore(event, wanted);
      if (due === undefined || due.revision <= (handled.get(due.topic) ?? -1)) continue;
      redrive.current = due;
      await delivery.handle(due);
      redrive.current = undefined;
    }
    from += page.events.length;
    if (page.events.length < pageSize) return from - 1;
  }
}
