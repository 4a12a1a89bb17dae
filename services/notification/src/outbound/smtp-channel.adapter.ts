import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
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
  /** Milliseconds for connecting and signing in, and again for handing the mail over. Default 2,500. */
  readonly timeoutMs?: number;
}

interface SmtpFault {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
}

/**
 * Mail. The server cannot be asked afterwards, so a lost answer leaves the outcome unknown for ever; the stable Message-ID
 * lets a person find the mail.
 *
 * The connection is driven step by step, because nodemailer's transport reports every time-out and broken connection as
 * one of connecting, even after the text was handed over: a mail would be sent again that had arrived.
 */
export class SmtpChannel implements SilentChannel {
  readonly channel = 'EMAIL';
  readonly canBeAsked = false;
  private readonly domain: string;
  private readonly open = new Set<SMTPConnection>();

  constructor(private readonly options: SmtpOptions) {
    this.domain = options.from.split('@')[1] ?? 'localhost';
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const mail = await this.compose(message).catch(() => undefined);
    if (mail === undefined) return { kind: 'rejected', code: 'MAIL_INVALID', retriable: false };
    const connection = this.connection();
    this.open.add(connection);
    try {
      const refused = await this.prepare(connection);
      if (refused !== undefined) return refused;
      return await this.handOver(connection, { to: message.to, mail });
    } finally {
      this.open.delete(connection);
      connection.close();
    }
  }

  close(): void {
    for (const connection of this.open) connection.close();
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

  private connection(): SMTPConnection {
    const { hostname, port, protocol } = new URL(this.options.url);
    const ms = this.timeoutMs;
    return new SMTPConnection({
      host: hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      secure: protocol === 'smtps:',
      connectionTimeout: ms,
      greetingTimeout: ms,
      socketTimeout: ms,
      dnsTimeout: ms,
    });
  }

  /** Connects and signs in. Whatever fails here, the server surely does not have the mail. */
  private async prepare(connection: SMTPConnection): Promise<SendOutcome | undefined> {
    const { username, password } = new URL(this.options.url);
    const credentials = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
    const fault = await this.step(connection, (done) => {
      connection.connect((error) => {
        if (error || username === '') return done(error ?? undefined);
        connection.login({ credentials }, (refusal) => done(refusal ?? undefined));
      });
    });
    if (fault === undefined) return undefined;
    const code = fault.responseCode === undefined ? 'MAIL_SERVER_UNREACHABLE' : `SMTP_${fault.responseCode}`;
    return { kind: 'rejected', code, retriable: true };
  }

  private async handOver(
    connection: SMTPConnection,
    { to, mail }: { to: string; mail: Buffer },
  ): Promise<SendOutcome> {
    const envelope = { from: this.options.from, to };
    const fault = await this.step(connection, (done) => {
      connection.send(envelope, mail, (error) => done(error ?? undefined));
    });
    if (fault === undefined) {
      connection.quit();
      return { kind: 'accepted' };
    }
    const { code, responseCode } = fault;
    if (responseCode !== undefined) {
      return { kind: 'rejected', code: `SMTP_${responseCode}`, retriable: responseCode < 500 };
    }
    if (code === 'EENVELOPE') return { kind: 'rejected', code: 'ADDRESS_REJECTED', retriable: false };
    return { kind: 'unknown', cause: code === 'ETIMEDOUT' ? 'TIMEOUT' : 'CONNECTION_LOST' };
  }

  /** One bounded step; its fault, or undefined. Errors of the connection end it as well as its own answer. */
  private step(
    connection: SMTPConnection,
    begin: (done: (fault?: SmtpFault) => void) => void,
  ): Promise<SmtpFault | undefined> {
    return new Promise((resolve) => {
      const finish = (fault?: SmtpFault): void => {
        clearTimeout(timer);
        connection.removeListener('error', finish);
        connection.removeListener('end', lost);
        // A late error must not end the process.
        connection.on('error', () => undefined);
        resolve(fault);
      };
      const lost = (): void => finish({ code: 'ECONNECTION' });
      const timer = setTimeout(() => finish({ code: 'ETIMEDOUT' }), this.timeoutMs);
      connection.on('error', finish);
      connection.on('end', lost);
      begin(finish);
    });
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? SEND_TIMEOUT_MS / 2;
  }
}
