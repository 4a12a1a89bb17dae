import { channelContract } from './channel.contract';
import { FakeGateway, FakeMail } from './fake-channel';
import { MemoryWorkTable } from './memory-work-table';
import { workTableContract } from './work-table.contract';

function underTest(channel: FakeGateway | FakeMail) {
  return {
    channel,
    to: '+96890000001',
    fault: async (kind: 'lost' | 'unheard' | 'down' | 'refuse') => void channel.faults.push(kind),
    received: async (reference: string) =>
      channel.delivered.filter((m) => m.reference === reference).map((m) => m.text),
  };
}

channelContract('fake gateway', async () => underTest(new FakeGateway('SMS')));
channelContract('fake mail server', async () => underTest(new FakeMail()));
workTableContract('memory', async () => new MemoryWorkTable());
