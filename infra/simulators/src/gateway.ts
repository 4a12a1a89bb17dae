import { Router, type Request, type Response } from 'express';
import { type Fault, isFaultMode } from './faults';
import { type SentMessages, type SimulatedChannel } from './sent-messages';

const LATE_MS = 8_000;
const MOST_REFERENCES = 200;

/**
 * A text gateway of one channel.
 *
 * `POST /messages {reference, to, text}` → 202 `{reference, id, status}`; the same reference again → 200 and no second
 * message. `GET /messages?reference=a&reference=b` → what became of them; unknown references are absent.
 * `POST /faults {mode, count?, delayMs?}` makes it misbehave.
 */
export function gatewayRoutes(channel: SimulatedChannel, sent: SentMessages, fault: Fault): Router {
  const router = Router();
  router.post('/messages', (request, response) => submit(channel, sent, fault, request, response));
  router.get('/messages', (request, response) => {
    if (fault.now === 'unavailable') return void response.status(503).json({ code: 'GATEWAY_UNAVAILABLE' });
    const references = [request.query['reference'] ?? []].flat().map(String).slice(0, MOST_REFERENCES);
    const messages = references.flatMap((reference) => sent.find(channel, reference) ?? []);
    response.json({
      messages: messages.map(({ reference, id, status, acceptedAt, deliveredAt, attempts }) => ({
        reference,
        id,
        status,
        acceptedAt,
        attempts,
        ...(status === 'DELIVERED' ? { deliveredAt } : {}),
      })),
    });
  });
  router.post('/faults', (request, response) => setFault(fault, request, response));
  return router;
}

export function setFault(fault: Fault, request: Request, response: Response): void {
  const { mode, count, delayMs } = (request.body ?? {}) as {
    mode?: unknown;
    count?: unknown;
    delayMs?: unknown;
  };
  if (!isFaultMode(mode) || !isCount(count) || !isCount(delayMs)) {
    response.status(422).json({ code: 'FAULT_INVALID' });
    return;
  }
  fault.set(mode, count, delayMs ?? LATE_MS);
  response.json({ mode, ...(count === undefined ? {} : { count }) });
}

function isCount(value: unknown): value is number | undefined {
  return value === undefined || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000_000);
}

function submit(
  channel: SimulatedChannel,
  sent: SentMessages,
  fault: Fault,
  request: Request,
  response: Response,
): void {
  const { reference, to, text } = (request.body ?? {}) as Record<string, unknown>;
  if (
    typeof reference !== 'string' ||
    typeof to !== 'string' ||
    typeof text !== 'string' ||
    reference === ''
  ) {
    response.status(422).json({ code: 'MESSAGE_INVALID' });
    return;
  }
  sent.countSubmission(channel, reference);
  const mode = fault.take();
  if (mode === 'hang') return;
  if (mode === 'unavailable') return void response.status(503).json({ code: 'GATEWAY_UNAVAILABLE' });
  if (mode === 'reject' || !/^\+[1-9]\d{6,14}$/.test(to)) {
    response.status(422).json({ code: 'ADDRESS_REJECTED' });
    return;
  }
  const known = sent.find(channel, reference);
  const message = known ?? sent.accept({ channel, reference, to, text });
  if (mode === 'cut-after-accept') return void request.socket.destroy();
  const answer = (): unknown =>
    response
      .status(known === undefined ? 202 : 200)
      .json({ reference, id: message.id, status: message.status });
  if (mode === 'answer-late') {
    const timer = setTimeout(answer, fault.delayMs);
    response.on('close', () => clearTimeout(timer));
    return;
  }
  answer();
}
