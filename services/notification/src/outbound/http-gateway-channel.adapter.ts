import { type MessageChannel } from '@balagh/case-events';
import { Agent, type Dispatcher, request } from 'undici';
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

/** Bytes of an answer: a hundred references need some 20,000; a longer one is not read. */
const LONGEST_ANSWER = 1_048_576;
const CONNECTIONS = 64;
/** Milliseconds, TLS included: ends before the exchange does, so that it is known that nothing was sent. */
const CONNECT_TIMEOUT_MS = 2_000;

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
 * `GET /messages?reference=…&reference=…` tells what became of them. A redirect is not followed: it leaves a doubt.
 */
export class HttpGatewayChannel implements AskableChannel {
  readonly canBeAsked = true;
  readonly channel: MessageChannel;
  private readonly connections = new Agent({
    connections: CONNECTIONS,
    maxResponseSize: LONGEST_ANSWER,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });

  constructor(private readonly options: HttpGatewayOptions) {
    this.channel = options.channel;
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    await this.connections.destroy();
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
      if (!isOk(response)) {
        await response.body.dump();
        throw new ChannelUnavailable(`answered ${response.statusCode}`);
      }
      const { messages } = askedSchema.parse(await response.body.json());
      return new Map(messages.map(({ reference, id, deliveredAt }) => [reference, asked(id, deliveredAt)]));
    } catch (error) {
      throw error instanceof ChannelUnavailable
        ? error
        : new ChannelUnavailable('no usable answer', { cause: error });
    }
  }

  private call(
    query: string,
    what: {
      readonly method: 'GET' | 'POST';
      readonly headers?: Record<string, string>;
      readonly body?: string;
    },
  ): Promise<Dispatcher.ResponseData> {
    const { url, token, timeoutMs = SEND_TIMEOUT_MS } = this.options;
    return request(`${url}/messages${query}`, {
      ...what,
      headers: { ...what.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      dispatcher: this.connections,
      signal: AbortSignal.timeout(timeoutMs),
    });
  }
}

async function outcomeOf(response: Dispatcher.ResponseData, reference: string): Promise<SendOutcome> {
  const { statusCode } = response;
  const body: unknown = await response.body.json().catch((error: unknown) => {
    if (isTimeout(error)) throw error;
    return undefined;
  });
  if (isOk(response)) {
    const accepted = acceptedSchema.safeParse(body);
    if (!accepted.success || accepted.data.reference !== reference)
      return { kind: 'unknown', cause: 'CONNECTION_LOST' };
    return { kind: 'accepted', providerReference: accepted.data.id };
  }
  const code = refusalSchema.safeParse(body).data?.code ?? `HTTP_${statusCode}`;
  if (statusCode === 503 || statusCode === 429) return { kind: 'rejected', code, retriable: true };
  // Some proxies answer 500, 502 or 504 after the gateway took the message, and nobody knows where a redirect leads.
  if (statusCode < 400 || statusCode >= 500) return { kind: 'unknown', cause: 'CONNECTION_LOST' };
  return { kind: 'rejected', code, retriable: statusCode === 401 || statusCode === 403 };
}

function isOk({ statusCode }: Dispatcher.ResponseData): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function outcomeOfFault(error: unknown): SendOutcome {
  if (isTimeout(error)) return { kind: 'unknown', cause: 'TIMEOUT' };
  if (neverConnected.includes((error as { code?: unknown }).code))
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
