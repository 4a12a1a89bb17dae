import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';

export type SimulatedChannel = 'SMS' | 'WHATSAPP' | 'FAX' | 'EMAIL';

/** What reached a person's device, fax machine or mailbox in this simulation. */
export interface SentMessage {
  readonly id: string;
  readonly channel: SimulatedChannel;
  /** The sender's own reference; for mail, what stands before `@` in Message-ID. */
  readonly reference: string;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  /** RFC 3339 UTC. */
  readonly acceptedAt: string;
  readonly deliveredAt: string;
  /** Submissions with this reference that the channel saw, the lost ones included. */
  readonly attempts: number;
  readonly status: 'ACCEPTED' | 'DELIVERED';
}

export interface MessageQuery {
  readonly to?: string;
  /** Part of the text or subject. */
  readonly text?: string;
  readonly channel?: string;
  readonly limit: number;
}

type Accepted = Omit<SentMessage, 'attempts' | 'status'>;

const KEPT = 10_000;
const key = (channel: string, reference: string): string => `${channel} ${reference}`;

/**
 * The log of what was sent: the newest 10,000, in memory, and in a file when one is given, so that a restarted simulator
 * still knows the references it accepted.
 */
export class SentMessages {
  private messages: Accepted[] = [];
  private readonly byReference = new Map<string, Accepted>();
  private readonly submissions = new Map<string, number>();
  /** Kept open, to be appended to. */
  private log: number | undefined;

  constructor(
    private readonly deliverAfterMs: number,
    private readonly file?: string,
  ) {
    if (file === undefined) return;
    if (existsSync(file)) {
      const lines = readFileSync(file, 'utf8')
        .split('\n')
        .slice(-KEPT - 1);
      for (const message of lines.flatMap(parsed)) this.keep(message);
      this.writeAll();
    }
    this.log = openSync(file, 'a', 0o600);
  }

  /** Nothing is accepted afterwards. */
  close(): void {
    if (this.log !== undefined) closeSync(this.log);
    this.log = undefined;
  }

  /** Counts a submission, whatever becomes of it. */
  countSubmission(channel: SimulatedChannel, reference: string): void {
    const name = key(channel, reference);
    this.submissions.set(name, (this.submissions.get(name) ?? 0) + 1);
    if (this.submissions.size > KEPT) this.submissions.delete(oldest(this.submissions));
  }

  accept(
    message: Pick<SentMessage, 'channel' | 'reference' | 'to' | 'text'> & { readonly subject?: string },
  ): SentMessage {
    const now = Date.now();
    const accepted: Accepted = {
      ...message,
      id: randomUUID(),
      acceptedAt: new Date(now).toISOString(),
      deliveredAt: new Date(now + this.deliverAfterMs).toISOString(),
    };
    this.keep(accepted);
    if (this.log !== undefined) appendFileSync(this.log, `${JSON.stringify(accepted)}\n`);
    return this.shown(accepted);
  }

  find(channel: SimulatedChannel, reference: string): SentMessage | undefined {
    const found = this.byReference.get(key(channel, reference));
    return found && this.shown(found);
  }

  /** Newest first. */
  list(query: MessageQuery): readonly SentMessage[] {
    const matching: SentMessage[] = [];
    for (let i = this.messages.length - 1; i >= 0 && matching.length < query.limit; i -= 1) {
      const message = this.messages[i];
      if (message !== undefined && matches(message, query)) matching.push(this.shown(message));
    }
    return matching;
  }

  clear(): void {
    this.messages = [];
    this.byReference.clear();
    this.submissions.clear();
    this.writeAll();
  }

  private keep(message: Accepted): void {
    this.messages.push(message);
    this.byReference.set(key(message.channel, message.reference), message);
    if (this.messages.length <= KEPT) return;
    const dropped = this.messages.shift();
    if (dropped !== undefined && this.byReference.get(key(dropped.channel, dropped.reference)) === dropped) {
      this.byReference.delete(key(dropped.channel, dropped.reference));
    }
  }

  private shown(message: Accepted): SentMessage {
    const attempts = this.submissions.get(key(message.channel, message.reference)) ?? 1;
    const delivered = Date.parse(message.deliveredAt) <= Date.now();
    return { ...message, attempts, status: delivered ? 'DELIVERED' : 'ACCEPTED' };
  }

  private writeAll(): void {
    if (this.file === undefined) return;
    writeFileSync(this.file, this.messages.map((m) => `${JSON.stringify(m)}\n`).join(''), { mode: 0o600 });
  }
}

function matches(message: Accepted, { to, text, channel }: MessageQuery): boolean {
  return (
    (to === undefined || message.to === to) &&
    (channel === undefined || message.channel === channel) &&
    (text === undefined || message.text.includes(text) || (message.subject ?? '').includes(text))
  );
}

/** A line cut short by a crash is left out. */
function parsed(line: string): Accepted[] {
  try {
    return [JSON.parse(line) as Accepted];
  } catch {
    return [];
  }
}

function oldest(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value ?? '';
}
