import { type MessageChannel } from '@balagh/case-events';
import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { HttpGatewayChannel } from '../../../services/notification/src/outbound/http-gateway-channel.adapter';
import { SmtpChannel } from '../../../services/notification/src/outbound/smtp-channel.adapter';
import { channelContract } from '../../../services/notification/spec/channel.contract';
import { type FaultMode, type RunningSimulators, type SentMessage, startSimulators } from '../src';

let simulators: RunningSimulators;
const open: SmtpChannel[] = [];
beforeAll(async () => {
  simulators = await startSimulators({ host: '127.0.0.1', httpPort: 0, smtpPort: 0, deliverAfterMs: 10 });
});
afterAll(async () => {
  for (const channel of open) channel.close();
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

for (const [name, path] of gateways) {
  channelContract(`${name} gateway over HTTP`, async () => ({
    channel: new HttpGatewayChannel({ channel: name, url: `${simulators.httpUrl}/${path}`, timeoutMs: 250 }),
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
    const sms = new HttpGatewayChannel({
      channel: 'SMS',
      url: `http://127.0.0.1:${port}/sms`,
      timeoutMs: 500,
    });
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

describe('a gateway asked about delivery', () => {
  it('tells when the message was delivered', async () => {
    const sms = new HttpGatewayChannel({ channel: 'SMS', url: `${simulators.httpUrl}/sms`, timeoutMs: 500 });
    const reference = '6f2c1d1e-0000-4000-8000-000000000010';
    await sms.send({ reference, to: '+96890000001', text: 'x' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await sms.ask([reference])).get(reference)?.deliveredAt).toMatch(/^\d{4}-.*Z$/);
  });
});
