import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { eventually } from '@balagh/testing';
import { SmtpChannel } from '../../../services/notification/src/outbound/smtp-channel.adapter';

/** A mail server behind a wire that can be cut or left dead, connection by connection. */
class Wired {
  readonly mails: string[] = [];
  readonly sockets: Socket[] = [];
  private dead = false;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => {
        this.mails.push('one');
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
  const send = (through: SmtpChannel) =>
    through.send({
      reference: `6f2c1d1e-0000-4000-8000-${String((sent += 1)).padStart(12, '0')}`,
      to: 'reporter@balagh.invalid',
      text: 'تم تسجيل بلاغكم',
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
