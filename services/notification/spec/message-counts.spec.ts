import { type Telemetry, startTelemetry } from '@balagh/runtime';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { FakeGateway } from './fake-channel';
import { World, filled, opened, registered } from './world';

describe('the counts of messages', () => {
  let telemetry: Telemetry;
  let server: Server;
  beforeEach(async () => {
    telemetry = await startTelemetry('notification', { OTEL_METRIC_EXPORT_INTERVAL: 30_000 });
    server = createServer((request, response) => telemetry.serveMetrics(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterEach(async () => {
    await new Promise((closed) => server.close(closed));
    await telemetry.stop();
  });
  const counted = async (): Promise<readonly string[]> => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return (await answer.text()).split('\n').filter((line) => line.startsWith('balagh_messages_settled'));
  };

  it('say what became of each, once', async () => {
    const sms = new FakeGateway('SMS');
    const world = new World({ tenant: 'MUS', channels: [sms] });
    const phone = await world.seal('+96890000001');
    await world.happened(opened('PHONE_1111'), filled({ phone }), registered({ reachableBy: [] }));
    await world.redelivered();
    await world.work();
    await world.work();
    expect(await counted()).toEqual([
      'balagh_messages_settled_total{tenant="MUS",channel="SMS",outcome="SENT"} 1',
    ]);
  });
});
