import { encode, wrap } from 'nodemailer/lib/base64';
import MailComposer from 'nodemailer/lib/mail-composer';
import type MimeNode from 'nodemailer/lib/mime-node';
import {
  type OutgoingMessage,
  SEND_TIMEOUT_MS,
  type SendOutcome,
  type SilentChannel,
} from '../application/channel.port';
import { IdleSessions } from './smtp-idle-sessions';
import { type HandOverFault, type SmtpFault, type SmtpServer, SmtpSession } from './smtp-session';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  /** Address that mail comes from; its domain ends Message-ID. */
  readonly from: string;
  /** No mail goes to a server without TLS. Default false: it does unless the URL names a user. */
  readonly requireTls?: boolean;
  /** Milliseconds for connecting and signing in, and again for handing the mail over. Default 2,500. */
  readonly timeoutMs?: number;
  /** Milliseconds for which a connection waits for the next mail; 0: none does. Default 5,000. */
  readonly idleMs?: number;
}

interface Mail {
  /** As the head of the mail has it: an international domain in ASCII, as every server takes it (RFC 5891). */
  readonly to: string;
  readonly bytes: Buffer;
}

/** RFC 2045, §6.8. */
const lineLength = 76;

/**
 * Mail. The server cannot be asked afterwards, so a lost answer leaves the outcome unknown for ever; the stable Message-ID
 * lets a person find the mail. A connection that took a mail takes the next one; where that one fails before the server has asked for
 * the text, the mail goes over another.
 */
export class SmtpChannel implements SilentChannel {
  readonly channel = 'EMAIL';
  readonly canBeAsked = false;
  private readonly domain: string;
  private readonly server: SmtpServer;
  private readonly busy = new Set<SmtpSession>();
  private readonly idle: IdleSessions;

  constructor(private readonly options: SmtpOptions) {
    const { url, from, requireTls = false, timeoutMs = SEND_TIMEOUT_MS / 2, idleMs = 5_000 } = options;
    this.domain = from.split('@')[1] ?? 'localhost';
    this.server = { url, requireTls, timeoutMs, idleMs };
    this.idle = new IdleSessions(idleMs);
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const mail = await this.compose(message).catch(() => undefined);
    if (mail === undefined) return { kind: 'rejected', code: 'MAIL_INVALID', retriable: false };
    const { timeoutMs } = this.server;
    const begun = performance.now();
    const used = this.idle.take();
    if (used !== undefined) {
      // A server that has ended the connection, or went silent, must leave time for another one.
      const fault = await this.handOver(used, mail, timeoutMs / 2);
      if (fault === undefined || !isOver(fault)) return outcomeOf(fault);
    }
    const fresh = await this.fresh(Math.max(1, timeoutMs - (performance.now() - begun)));
    if (!(fresh instanceof SmtpSession)) return notReached(fresh);
    return outcomeOf(await this.handOver(fresh, mail, timeoutMs));
  }

  close(): void {
    for (const session of this.busy) session.close();
    this.idle.close();
  }

  private async compose({ reference, to, subject, text }: OutgoingMessage): Promise<Mail> {
    const composer = new MailComposer({
      from: this.options.from,
      to: { name: '', address: to },
      subject: subject ?? '',
      text,
      messageId: `<${reference}@${this.domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const node = composer.compile();
    const [recipient = to] = node.getEnvelope().to;
    return { to: recipient, bytes: await bytesOf(node, text) };
  }

  private async handOver(
    session: SmtpSession,
    { to, bytes }: Mail,
    askedWithinMs: number,
  ): Promise<HandOverFault | undefined> {
    this.busy.add(session);
    const fault = await session.handOver(this.options.from, to, bytes, askedWithinMs);
    this.busy.delete(session);
    if (fault === undefined) this.idle.keep(session);
    else session.close();
    return fault;
  }

  private async fresh(withinMs: number): Promise<SmtpSession | SmtpFault> {
    const session = new SmtpSession(this.server);
    this.busy.add(session);
    const fault = await session.open(withinMs);
    if (fault === undefined) return session;
    this.busy.delete(session);
    session.close();
    return fault;
  }
}

const closing = 421;

/** The server was done with this connection, and does not have the mail. */
function isOver(fault: HandOverFault): boolean {
  return isLostBeforeText(fault) || (fault.beforeText && fault.responseCode === closing);
}

function isLostBeforeText({ beforeText, code, responseCode }: HandOverFault): boolean {
  return beforeText && responseCode === undefined && code !== 'EENVELOPE';
}

/** What `build` makes, in half the time: that sends a text of a few lines through three streams. */
async function bytesOf(node: MimeNode, text: string): Promise<Buffer> {
  if (text === '' || node.getTransferEncoding() !== 'base64') return node.build();
  return Buffer.from(`${node.buildHeaders()}\r\n\r\n${wrap(encode(text), lineLength)}\r\n`);
}

/** Whatever fails before the mail is handed over, the server surely does not have it. */
function notReached({ code: fault, responseCode }: SmtpFault): SendOutcome {
  if (fault === 'ETLS') return { kind: 'rejected', code: 'MAIL_SERVER_WITHOUT_TLS', retriable: true };
  const code = responseCode === undefined ? 'MAIL_SERVER_UNREACHABLE' : `SMTP_${responseCode}`;
  return { kind: 'rejected', code, retriable: true };
}

function outcomeOf(fault: HandOverFault | undefined): SendOutcome {
  if (fault === undefined) return { kind: 'accepted' };
  if (isLostBeforeText(fault)) return notReached(fault);
  const { code, responseCode } = fault;
  if (responseCode !== undefined) {
    return { kind: 'rejected', code: `SMTP_${responseCode}`, retriable: responseCode < 500 };
  }
  if (code === 'EENVELOPE') return { kind: 'rejected', code: 'ADDRESS_REJECTED', retriable: false };
  return { kind: 'unknown', cause: code === 'ETIMEDOUT' ? 'TIMEOUT' : 'CONNECTION_LOST' };
}
