import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { eventually } from '@balagh/testing';
import { SmtpChannel } from '../../../services/notification/src/outbound/smtp-channel.adapter';

/** A mail server behind a wire that can be cut or left dead, connection by connection. */
class Wired {
  readonly mails: string[] = [];
  readonly sockets: Socket[] = [];
  private dead = false;
  /** What the next mail is answered with when its sender is named. */
  refusal: { readonly responseCode: number } | undefined;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onMailFrom: (_address, _session, done) => {
      const { refusal } = this;
      this.refusal = undefined;
      if (refusal === undefined) done();
      else done(Object.assign(new Error('not now'), refusal));
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        this.mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  private readonly wire: Server = createServer((client) => {
    const upstream = connect((this.server.server.address() as AddressInfo).port, '127.0.0.1');
    this.sockets.push(client);
    const later = this.dead;
    client.on('data', (chunk) => (this.dead && !later ? undefined : upstream.write(chunk)));
    upstream.on('data', (chunk) => client.write(chunk));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => this.wire.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(this.wire.address() as AddressInfo).port}`;
  }

  /** Those that are open now pass nothing on any more. */
  silence(): void {
    this.dead = true;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.wire.close(resolve));
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

describe('connections to a mail server', () => {
  let server: Wired;
  let url: string;
  let channel: SmtpChannel | undefined;
  beforeEach(async () => {
    server = new Wired();
    url = await server.open();
  });
  afterEach(async () => {
    channel?.close();
    await server.close();
  });
  const opened = (idleMs?: number): SmtpChannel =>
    (channel = new SmtpChannel({
      url,
      from: 'centre@balagh.invalid',
      timeoutMs: 1_000,
      ...(idleMs === undefined ? {} : { idleMs }),
    }));
  let sent = 0;
  const send = (through: SmtpChannel, text = 'تم تسجيل بلاغكم', subject?: string) =>
    through.send({
      reference: `6f2c1d1e-0000-4000-8000-${String((sent += 1)).padStart(12, '0')}`,
      to: 'reporter@balagh.invalid',
      text,
      ...(subject === undefined ? {} : { subject }),
    });

  it('one takes mail after mail, two at once take two', async () => {
    const through = opened();
    for (let i = 0; i < 3; i += 1) expect(await send(through)).toEqual({ kind: 'accepted' });
    expect([server.mails.length, server.sockets.length]).toEqual([3, 1]);
    expect(await Promise.all([send(through), send(through)])).toEqual([
      { kind: 'accepted' },
      { kind: 'accepted' },
    ]);
    expect([server.mails.length, server.sockets.length]).toEqual([5, 2]);
  });

  it('one that the server has ended meanwhile leaves no doubt: the mail goes over another', async () => {
    const through = opened();
    await send(through);
    for (const socket of server.sockets) socket.destroy();
    expect(await send(through)).toEqual({ kind: 'accepted' });
    expect([server.mails.length, server.sockets.length]).toEqual([2, 2]);
  });

  it('one that went silent meanwhile leaves no doubt either', async () => {
    const through = opened();
    await send(through);
    server.silence();
    expect(await send(through)).toEqual({ kind: 'accepted' });
    expect([server.mails.length, server.sockets.length]).toEqual([2, 2]);
  });

  it('one that the server says it will close leaves no doubt: the mail goes over another', async () => {
    const through = opened();
    await send(through);
    server.refusal = { responseCode: 421 };
    expect(await send(through)).toEqual({ kind: 'accepted' });
    expect([server.mails.length, server.sockets.length]).toEqual([2, 2]);
  });

  it('a server that refuses the sender is believed, on a connection that was used before, too', async () => {
    const through = opened();
    for (const before of [0, 1]) {
      server.refusal = { responseCode: 451 };
      expect(await send(through)).toEqual({ kind: 'rejected', code: 'SMTP_451', retriable: true });
      expect(server.mails).toHaveLength(before);
      if (before === 0) await send(through);
    }
  });

  it('a server that never asks for the text does not have it: the attempt has failed, and is not in doubt', async () => {
    const silent = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 here\r\n');
      socket.on('data', (line) => {
        if (line.toString().startsWith('EHLO')) socket.write('250 silent\r\n');
      });
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const through = new SmtpChannel({
      url: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      from: 'centre@balagh.invalid',
      timeoutMs: 200,
    });
    expect(await send(through)).toEqual({
      kind: 'rejected',
      code: 'MAIL_SERVER_UNREACHABLE',
      retriable: true,
    });
    through.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each([
    ['short', 'شكراً', undefined],
    ['of many lines', 'سطر أول\nسطر ثان\n.\n..\nسطر أخير\n'.repeat(40), 'بلاغكم رقم MUS-2026-000017'],
    ['of one long line', 'بلاغ '.repeat(500), 'بلاغ '.repeat(30)],
    ['in Latin letters', 'Your report is registered.\nThank you.', 'Report'],
    ['empty', '', undefined],
  ])('takes a text that is %s as it was written', async (_, text, subject) => {
    expect(await send(opened(), text, subject)).toEqual({ kind: 'accepted' });
    const mail = await PostalMime.parse(server.mails[0] ?? '');
    expect((mail.text ?? '').trimEnd()).toBe(text.trimEnd());
    expect(mail.subject ?? '').toBe(subject ?? '');
    expect(server.mails[0]?.split('\r\n').every((line) => line.length <= 998)).toBe(true);
    expect(server.mails[0]?.endsWith('\r\n')).toBe(true);
  });

  it('ends when no mail comes', async () => {
    await send(opened(50));
    await eventually(async () => (server.sockets.every((socket) => socket.destroyed) ? true : undefined));
    expect(server.sockets).toHaveLength(1);
  });

  it('is not kept when told so', async () => {
    const through = opened(0);
    await send(through);
    await send(through);
    expect(server.sockets).toHaveLength(2);
  });
});
