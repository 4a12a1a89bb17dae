import { type MessageChannel } from '@balagh/case-events';
import { type Server, type ServerResponse, createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { domainToASCII } from 'node:url';
import { HttpGatewayChannel } from '../../../services/notification/src/outbound/http-gateway-channel.adapter';
import { SmtpChannel } from '../../../services/notification/src/outbound/smtp-channel.adapter';
import { channelContract } from '../../../services/notification/spec/channel.contract';
import { type FaultMode, type RunningSimulators, type SentMessage, startSimulators } from '../src';

let simulators: RunningSimulators;
const open: (HttpGatewayChannel | SmtpChannel)[] = [];
beforeAll(async () => {
  simulators = await startSimulators({ host: '127.0.0.1', httpPort: 0, smtpPort: 0, deliverAfterMs: 10 });
});
afterAll(async () => {
  for (const channel of open) await channel.close();
  await simulators.stop();
});
beforeEach(async () => {
  await fetch(`${simulators.httpUrl}/messages`, { method: 'DELETE' });
});

const modes = {
  lost: 'hang',
  unheard: 'cut-after-accept',
  down: 'unavailable',
  refuse: 'reject',
} as const satisfies Record<string, FaultMode>;

async function setFault(path: string, kind: keyof typeof modes): Promise<void> {
  await fetch(`${simulators.httpUrl}/${path}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode: modes[kind], count: 1 }),
  });
}

async function received(channel: MessageChannel, reference: string): Promise<readonly string[]> {
  const answer = await fetch(`${simulators.httpUrl}/messages?channel=${channel}`);
  const { messages } = (await answer.json()) as { messages: SentMessage[] };
  return messages.filter((message) => message.reference === reference).map(({ text }) => text);
}

const gateways = [
  ['SMS', 'sms'],
  ['WHATSAPP', 'whatsapp'],
  ['FAX', 'fax'],
] as const;

/** Closed at the end. */
function gatewayAt(channel: MessageChannel, url: string, timeoutMs: number): HttpGatewayChannel {
  const gateway = new HttpGatewayChannel({ channel, url, timeoutMs });
  open.push(gateway);
  return gateway;
}

for (const [name, path] of gateways) {
  channelContract(`${name} gateway over HTTP`, async () => ({
    channel: gatewayAt(name, `${simulators.httpUrl}/${path}`, 250),
    to: '+96890000001',
    fault: (kind) => setFault(path, kind),
    received: (reference) => received(name, reference),
  }));
}

channelContract('mail over SMTP', async () => {
  const channel = new SmtpChannel({ url: simulators.smtpUrl, from: 'centre@balagh.invalid', timeoutMs: 250 });
  open.push(channel);
  return {
    channel,
    to: 'reporter@balagh.invalid',
    fault: (kind) => setFault('mail', kind),
    received: (reference) => received('EMAIL', reference),
  };
});

describe('a mail server that offers no TLS', () => {
  const served = async (at: (url: string, said: readonly string[]) => Promise<void>): Promise<void> => {
    const said: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 ready\r\n');
      socket.on('data', (chunk) => {
        const line = chunk.toString('utf8');
        said.push(line.split(' ')[0]?.trim() ?? '');
        if (line.startsWith('EHLO')) socket.write('250-here\r\n250 AUTH PLAIN\r\n');
        else if (line.startsWith('AUTH')) socket.write('235 welcome\r\n');
        else socket.write('502 no\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await at(`127.0.0.1:${(server.address() as AddressInfo).port}`, said);
    server.close();
  };
  const message = { reference: '6f2c1d1e-0000-4000-8000-000000000014', to: 'a@balagh.invalid', text: 'x' };
  const from = 'centre@balagh.invalid';
  const refused = { kind: 'rejected', code: 'MAIL_SERVER_WITHOUT_TLS', retriable: true };

  it('hears neither a password nor, where TLS is required, of a mail', async () => {
    await served(async (address, said) => {
      const signedIn = new SmtpChannel({ url: `smtp://balagh:secret@${address}`, from });
      expect(await signedIn.send(message)).toEqual(refused);
      signedIn.close();
      const required = new SmtpChannel({ url: `smtp://${address}`, from, requireTls: true });
      expect(await required.send(message)).toEqual(refused);
      required.close();
      expect(said).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'STARTTLS']);
    });
  });
});

describe('a mail to an international domain', () => {
  it('names it in ASCII to the server, too: one that knows no other takes the mail', async () => {
    const said: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 ready\r\n');
      socket.on('data', (chunk) => {
        const line = chunk.toString('utf8');
        said.push(line);
        if (line.startsWith('EHLO')) socket.write('250-here\r\n250 8BITMIME\r\n');
        else if (line.startsWith('DATA')) socket.write('354 go on\r\n');
        else if (line.startsWith('RCPT') && /\P{ASCII}/u.test(line)) socket.write('553 5.6.7 no\r\n');
        else if (line.startsWith('MAIL') || line.startsWith('RCPT') || line.endsWith('\r\n.\r\n'))
          socket.write('250 ok\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const mail = new SmtpChannel({ url: `smtp://127.0.0.1:${port}`, from: 'centre@balagh.invalid' });
    const reference = '6f2c1d1e-0000-4000-8000-000000000013';
    const outcome = await mail.send({ reference, to: 'ahmed@عمان-بريد.عمان', subject: 'تم', text: 'نص' });
    mail.close();
    server.close();
    expect(outcome).toEqual({ kind: 'accepted' });
    expect(said.filter((line) => line.startsWith('RCPT'))).toEqual([
      `RCPT TO:<ahmed@${domainToASCII('عمان-بريد.عمان')}>\r\n`,
    ]);
  });
});

describe('a channel whose other side is not there', () => {
  const message = { reference: '6f2c1d1e-0000-4000-8000-000000000009', to: '+96890000001', text: 'x' };
  const closedPort = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('is rejected for now: nothing was sent', async () => {
    const port = await closedPort();
    const sms = gatewayAt('SMS', `http://127.0.0.1:${port}/sms`, 500);
    expect(await sms.send(message)).toEqual({
      kind: 'rejected',
      code: 'GATEWAY_UNREACHABLE',
      retriable: true,
    });
    await expect(sms.ask([message.reference])).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      retriable: true,
    });
    const mail = new SmtpChannel({
      url: `smtp://127.0.0.1:${port}`,
      from: 'centre@balagh.invalid',
      timeoutMs: 500,
    });
    expect(await mail.send({ ...message, to: 'a@balagh.invalid' })).toEqual({
      kind: 'rejected',
      code: 'MAIL_SERVER_UNREACHABLE',
      retriable: true,
    });
    mail.close();
  });
});

describe('a gateway that takes a connection and says nothing', () => {
  it('has surely not got the message: connecting ends before the exchange does', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    // It never answers the greeting of TLS.
    const sms = new HttpGatewayChannel({ channel: 'SMS', url: `https://127.0.0.1:${port}` });
    const reference = '6f2c1d1e-0000-4000-8000-000000000012';
    expect(await sms.send({ reference, to: '+96890000001', text: 'x' })).toEqual({
      kind: 'rejected',
      code: 'GATEWAY_UNREACHABLE',
      retriable: true,
    });
    await sms.close();
    silent.close();
  });
});

describe('a gateway asked about delivery', () => {
  it('tells when the message was delivered', async () => {
    const sms = gatewayAt('SMS', `${simulators.httpUrl}/sms`, 500);
    const reference = '6f2c1d1e-0000-4000-8000-000000000010';
    await sms.send({ reference, to: '+96890000001', text: 'x' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await sms.ask([reference])).get(reference)?.deliveredAt).toMatch(/^\d{4}-.*Z$/);
  });
});

describe('a gateway that answers otherwise than agreed', () => {
  const message = { reference: '6f2c1d1e-0000-4000-8000-000000000011', to: '+96890000001', text: 'x' };
  let answer: (response: ServerResponse) => void = () => undefined;
  let server: Server;
  let sms: HttpGatewayChannel;
  beforeAll(async () => {
    server = createHttpServer((request, response) => {
      request.resume().on('end', () => answer(response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sms = gatewayAt('SMS', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1_000);
  });
  afterAll(async () => {
    await sms.close();
    server.close();
  });
  const unknown = { kind: 'unknown', cause: 'CONNECTION_LOST' };
  const body =
    (status: number, text: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(status, headers).end(text);

  it.each([
    ['an accepted one without a word', body(202, ''), unknown],
    ['another reference', body(202, JSON.stringify({ reference: 'other', id: '1' })), unknown],
    ['a redirect, which is not followed', body(307, '', { location: 'http://127.0.0.1:9/' }), unknown],
    ['a fault of a proxy', body(502, '<html>'), unknown],
    ['too many', body(429, '{"code":"SLOW_DOWN"}'), { kind: 'rejected', code: 'SLOW_DOWN', retriable: true }],
    ['no rights', body(403, ''), { kind: 'rejected', code: 'HTTP_403', retriable: true }],
    [
      'a refusal in words of its own',
      body(400, 'no'),
      { kind: 'rejected', code: 'HTTP_400', retriable: false },
    ],
  ])('is understood: %s', async (_, given, outcome) => {
    answer = given;
    expect(await sms.send(message)).toEqual(outcome);
  });

  it('is not read beyond a megabyte', async () => {
    let sent = 0;
    answer = (response) => {
      response.writeHead(202, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && sent < 64 * 1_048_576) {
          sent += 65_536;
          if (!response.write(' '.repeat(65_536))) return void response.once('drain', more);
        }
        response.end('{}');
      };
      more();
    };
    expect(await sms.send(message)).toEqual(unknown);
    expect(sent).toBeLessThan(32 * 1_048_576);
    sent = 0;
    await expect(sms.ask([message.reference])).rejects.toMatchObject({ code: 'CHANNEL_UNAVAILABLE' });
  });

  it('that is asked and refuses is unavailable, and can be asked again', async () => {
    answer = body(500, 'no');
    for (let times = 0; times < 3; times += 1)
      await expect(sms.ask([message.reference])).rejects.toMatchObject({ code: 'CHANNEL_UNAVAILABLE' });
    answer = body(200, JSON.stringify({ messages: [{ reference: message.reference, id: '7' }] }));
    expect((await sms.ask([message.reference])).get(message.reference)).toEqual({ providerReference: '7' });
  });
});
