import { type MessageChannel } from '@balagh/case-events';
import { z } from 'zod';
import {
  type AskableChannel,
  type AskedOutcome,
  ChannelUnavailable,
  type OutgoingMessage,
  SEND_TIMEOUT_MS,
  type SendOutcome,
} from '../application/channel.port';

export interface HttpGatewayOptions {
  readonly channel: MessageChannel;
  /** Without `/messages`. */
  readonly url: string;
  /** Bearer token of our account at the gateway. */
  readonly token?: string | undefined;
  /** Milliseconds for the whole exchange. Default 5,000. */
  readonly timeoutMs?: number;
}

const acceptedSchema = z.object({ reference: z.string(), id: z.string().max(200) });
const refusalSchema = z.object({ code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/) });
const askedSchema = z.object({
  messages: z.array(
    z.object({ reference: z.string(), id: z.string().max(200), deliveredAt: z.iso.datetime().optional() }),
  ),
});

/** Refused before anything was sent: the message surely is not there. */
const neverConnected: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/**
 * A text gateway over HTTP: SMS, WhatsApp and fax alike. `POST /messages {reference, to, text}` takes each reference once;
 * `GET /messages?reference=…&reference=…` tells what became of them.
 */
export class HttpGatewayChannel implements AskableChannel {
  readonly canBeAsked = true;
  readonly channel: MessageChannel;

  constructor(private readonly options: HttpGatewayOptions) {
    this.channel = options.channel;
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const { reference, to, text } = message;
    try {
      const response = await this.call('', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': reference },
        body: JSON.stringify({ reference, to, text }),
      });
      return await outcomeOf(response, reference);
    } catch (error) {
      return outcomeOfFault(error);
    }
  }

  async ask(references: readonly string[]): Promise<ReadonlyMap<string, AskedOutcome>> {
    const query = new URLSearchParams(
      references.map((reference): [string, string] => ['reference', reference]),
    );
    try {
      const response = await this.call(`?${query.toString()}`, { method: 'GET' });
      if (!response.ok) throw new ChannelUnavailable(`answered ${response.status}`);
      const { messages } = askedSchema.parse(await response.json());
      return new Map(messages.map(({ reference, id, deliveredAt }) => [reference, asked(id, deliveredAt)]));
    } catch (error) {
      throw error instanceof ChannelUnavailable
        ? error
        : new ChannelUnavailable('no usable answer', { cause: error });
    }
  }

  private call(query: string, init: RequestInit): Promise<Response> {
    const { url, token, timeoutMs = SEND_TIMEOUT_MS } = this.options;
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    return fetch(`${url}/messages${query}`, {
      ...init,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  }
}

async function outcomeOf(response: Response, reference: string): Promise<SendOutcome> {
  const body: unknown = await response.json().catch((error: unknown) => {
    if (isTimeout(error)) throw error;
    return undefined;
  });
  if (response.ok) {
    const accepted = acceptedSchema.safeParse(body);
    if (!accepted.success || accepted.data.reference !== reference)
      return { kind: 'unknown', cause: 'CONNECTION_LOST' };
    return { kind: 'accepted', providerReference: accepted.data.id };
  }
  const code = refusalSchema.safeParse(body).data?.code ?? `HTTP_${response.status}`;
  if (response.status === 503 || response.status === 429) return { kind: 'rejected', code, retriable: true };
  // Some proxies answer 500, 502 or 504 after the gateway took the message.
  if (response.status >= 500) return { kind: 'unknown', cause: 'CONNECTION_LOST' };
  return { kind: 'rejected', code, retriable: response.status === 401 || response.status === 403 };
}

function outcomeOfFault(error: unknown): SendOutcome {
  if (isTimeout(error)) return { kind: 'unknown', cause: 'TIMEOUT' };
  const { cause } = error as { cause?: { code?: unknown } };
  if (neverConnected.includes(cause?.code))
    return { kind: 'rejected', code: 'GATEWAY_UNREACHABLE', retriable: true };
  return { kind: 'unknown', cause: 'CONNECTION_LOST' };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function asked(providerReference: string, deliveredAt: string | undefined): AskedOutcome {
  return deliveredAt === undefined
    ? { providerReference }
    : { providerReference, deliveredAt: new Date(deliveredAt).toISOString() };
}
