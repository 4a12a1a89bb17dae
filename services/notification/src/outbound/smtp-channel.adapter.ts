import { type Transporter, createTransport } from 'nodemailer';
import {
  type OutgoingMessage,
  SEND_TIMEOUT_MS,
  type SendOutcome,
  type SilentChannel,
} from '../application/channel.port';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  /** Address that mail comes from; its domain ends Message-ID. */
  readonly from: string;
  /** Milliseconds for connecting, and again for the exchange. Default 5,000. */
  readonly timeoutMs?: number;
}

interface SmtpFault {
  readonly code?: string;
  /** SMTP verb or phase that failed, e.g. CONN, MAIL FROM, DATA. */
  readonly command?: string;
  readonly responseCode?: number;
}

/** Phases before the text leaves: a fault there means that the server surely does not have the message. */
const beforeText: readonly unknown[] = ['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO'];

/**
 * Mail. The server cannot be asked afterwards, so a lost answer to the text leaves the outcome unknown for ever; the
 * stable Message-ID lets a person find the mail.
 */
export class SmtpChannel implements SilentChannel {
  readonly channel = 'EMAIL';
  readonly canBeAsked = false;
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(private readonly options: SmtpOptions) {
    const { timeoutMs = SEND_TIMEOUT_MS } = options;
    this.domain = options.from.split('@')[1]?.replace(/>$/, '') ?? 'localhost';
    const timeouts = {
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    };
    this.transport = createTransport({
      url: options.url,
      ...timeouts,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ reference, to, subject, text }: OutgoingMessage): Promise<SendOutcome> {
    try {
      const sent = (await this.transport.sendMail({
        from: this.options.from,
        to: { name: '', address: to },
        subject: subject ?? '',
        text,
        messageId: `<${reference}@${this.domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })) as { messageId?: string };
      return { kind: 'accepted', providerReference: sent.messageId ?? reference };
    } catch (error) {
      return outcomeOfFault(error as SmtpFault);
    }
  }

  close(): void {
    this.transport.close();
  }
}

function outcomeOfFault({ code, command, responseCode }: SmtpFault): SendOutcome {
  if (responseCode !== undefined) {
    return { kind: 'rejected', code: `SMTP_${responseCode}`, retriable: responseCode < 500 };
  }
  if (beforeText.includes(command) || code === 'EDNS')
    return { kind: 'rejected', code: 'MAIL_SERVER_UNREACHABLE', retriable: true };
  return { kind: 'unknown', cause: code === 'ETIMEDOUT' ? 'TIMEOUT' : 'CONNECTION_LOST' };
}
