import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

export interface SmtpServer {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  /** Nothing is said to a server without TLS; always so where the URL names a user. */
  readonly requireTls: boolean;
  /** Milliseconds for each step. */
  readonly timeoutMs: number;
  /** Milliseconds after which a connection without work is closed. */
  readonly idleMs: number;
}

export interface SmtpFault {
  readonly code?: string | undefined;
  /** What the server said; absent: it said nothing. */
  readonly responseCode?: number | undefined;
}

/** Why a mail was not accepted. */
export interface HandOverFault extends SmtpFault {
  /** The server had not asked for the text yet, and surely does not have it. */
  readonly beforeText: boolean;
}

/**
 * One connection to a mail server, driven step by step: nodemailer's transports report every time-out and broken connection as
 * one of connecting, even after the text was handed over, and a mail would be sent again that had arrived.
 *
 * Each step ends within its time, with its fault or with nothing; none throws. After a fault only `close` is allowed.
 */
export class SmtpSession {
  private readonly connection: SMTPConnection;
  private ended = false;
  /** Mails that it has handed over. */
  handedOver = 0;

  constructor(private readonly server: SmtpServer) {
    const { hostname, port, protocol, username } = new URL(server.url);
    const ms = server.timeoutMs;
    this.connection = new SMTPConnection({
      host: hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      secure: protocol === 'smtps:',
      requireTLS: server.requireTls || username !== '',
      connectionTimeout: ms,
      greetingTimeout: ms,
      socketTimeout: server.idleMs + ms,
      dnsTimeout: ms,
    });
    // A late error must not end the process.
    this.connection.on('error', () => (this.ended = true));
    this.connection.on('end', () => (this.ended = true));
  }

  /** Connects and, where the URL names a user, signs in. */
  open(withinMs: number): Promise<SmtpFault | undefined> {
    const { username, password } = new URL(this.server.url);
    const credentials = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
    return this.step(withinMs, (done) => {
      this.connection.connect((error) => {
        if (error || username === '') return done(error ?? undefined);
        this.connection.login({ credentials }, (refusal) => done(refusal ?? undefined));
      });
    });
  }

  /**
   * The server is told of sender and recipient, and given the text when it asks for it (RFC 5321 §4.1.1.4).
   * @param askedWithinMs milliseconds within which it has to ask; afterwards it does not get the text
   */
  async handOver(
    from: string,
    to: string,
    mail: Buffer,
    askedWithinMs: number,
  ): Promise<HandOverFault | undefined> {
    const text = new TextWhenAsked(mail);
    const impatience = setTimeout(() => {
      if (!text.asked) this.close();
    }, askedWithinMs);
    const fault = this.ended
      ? { code: 'ECONNECTION' }
      : await this.step(this.server.timeoutMs, (done) =>
          this.connection.send({ from, to }, text, (error) => done(error ?? undefined)),
        );
    clearTimeout(impatience);
    if (fault !== undefined) return { ...faultOf(fault), beforeText: !text.asked };
    this.handedOver += 1;
    return undefined;
  }

  /** Takes leave; the connection ends when the server has answered, or after a step's time. */
  quit(): void {
    if (this.ended) return this.close();
    this.connection.quit();
    setTimeout(() => this.close(), this.server.timeoutMs).unref();
  }

  close(): void {
    this.connection.close();
  }

  private step(
    ms: number,
    begin: (done: (fault?: SmtpFault) => void) => void,
  ): Promise<SmtpFault | undefined> {
    const { connection } = this;
    return new Promise((resolve) => {
      const finish = (fault?: SmtpFault): void => {
        clearTimeout(timer);
        connection.removeListener('error', finish);
        connection.removeListener('end', lost);
        resolve(fault);
      };
      const lost = (): void => finish({ code: 'ECONNECTION' });
      const timer = setTimeout(() => finish({ code: 'ETIMEDOUT' }), ms);
      connection.on('error', finish);
      connection.on('end', lost);
      begin(finish);
    });
  }
}

/** Read from only when the server has asked: who sends it pipes it then. */
class TextWhenAsked extends Readable {
  asked = false;

  constructor(private readonly text: Buffer) {
    super();
  }

  override _read(): void {
    this.asked = true;
    this.push(this.text);
    this.push(null);
  }
}

/** Of an error only that. */
function faultOf({ code, responseCode }: SmtpFault): SmtpFault {
  return { code, responseCode };
}
