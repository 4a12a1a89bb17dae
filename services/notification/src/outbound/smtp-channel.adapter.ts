import MailComposer from 'nodemailer/lib/mail-composer';
import {
  type OutgoingMessage,
  SEND_TIMEOUT_MS,
  type SendOutcome,
  type SilentChannel,
} from '../application/channel.port';
import { IdleSessions } from './smtp-idle-sessions';
import { type SmtpFault, type SmtpServer, SmtpSession } from './smtp-session';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  /** Address that mail comes from; its domain ends Message-ID. */
  readonly from: string;
  /** Milliseconds for connecting and signing in, and again for handing the mail over. Default 2,500. */
  readonly timeoutMs?: number;
  /** Milliseconds for which a connection waits for the next mail; 0: none does. Default 5,000. */
  readonly idleMs?: number;
}

/**
 * Mail. The server cannot be asked afterwards, so a lost answer leaves the outcome unknown for ever; the stable Message-ID
 * lets a person find the mail. A connection that took a mail takes the next one, if the server still answers on it.
 */
export class SmtpChannel implements SilentChannel {
  readonly channel = 'EMAIL';
  readonly canBeAsked = false;
  private readonly domain: string;
  private readonly server: SmtpServer;
  private readonly busy = new Set<SmtpSession>();
  private readonly idle: IdleSessions;

  constructor(private readonly options: SmtpOptions) {
    const { url, from, timeoutMs = SEND_TIMEOUT_MS / 2, idleMs = 5_000 } = options;
    this.domain = from.split('@')[1] ?? 'localhost';
    this.server = { url, timeoutMs, idleMs };
    this.idle = new IdleSessions(idleMs);
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const mail = await this.compose(message).catch(() => undefined);
    if (mail === undefined) return { kind: 'rejected', code: 'MAIL_INVALID', retriable: false };
    const session = await this.session();
    if (!(session instanceof SmtpSession)) return notReached(session);
    const fault = await session.handOver(this.options.from, message.to, mail);
    this.busy.delete(session);
    if (fault === undefined) this.idle.keep(session);
    else session.close();
    return outcomeOf(fault);
  }

  close(): void {
    for (const session of this.busy) session.close();
    this.idle.close();
  }

  private compose({ reference, to, subject, text }: OutgoingMessage): Promise<Buffer> {
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
    return composer.compile().build();
  }

  /** One that is ready to take a mail, used before or new, within the time of one step. */
  private async session(): Promise<SmtpSession | SmtpFault> {
    const begun = performance.now();
    const left = (): number => Math.max(1, this.server.timeoutMs - (performance.now() - begun));
    const used = this.idle.take();
    if (used !== undefined) {
      this.busy.add(used);
      // A server that went silent must leave time for another connection.
      if (await used.answers(left() / 2)) return used;
      this.busy.delete(used);
      used.close();
    }
    const fresh = new SmtpSession(this.server);
    this.busy.add(fresh);
    const fault = await fresh.open(left());
    if (fault === undefined) return fresh;
    this.busy.delete(fresh);
    fresh.close();
    return fault;
  }
}

/** Whatever fails before the mail is handed over, the server surely does not have it. */
function notReached({ responseCode }: SmtpFault): SendOutcome {
  const code = responseCode === undefined ? 'MAIL_SERVER_UNREACHABLE' : `SMTP_${responseCode}`;
  return { kind: 'rejected', code, retriable: true };
}

function outcomeOf(fault: SmtpFault | undefined): SendOutcome {
  if (fault === undefined) return { kind: 'accepted' };
  const { code, responseCode } = fault;
  if (responseCode !== undefined) {
    return { kind: 'rejected', code: `SMTP_${responseCode}`, retriable: responseCode < 500 };
  }
  if (code === 'EENVELOPE') return { kind: 'rejected', code: 'ADDRESS_REJECTED', retriable: false };
  return { kind: 'unknown', cause: code === 'ETIMEDOUT' ? 'TIMEOUT' : 'CONNECTION_LOST' };
}
