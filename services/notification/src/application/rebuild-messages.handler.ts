import { START, type EventStore } from '@balagh/event-store';
import { type Clock } from '@balagh/runtime';
import { type MessageLog } from './message-log';
import { rowOf } from './message-row';
import { type WorkTable } from './work-table.port';

/**
 * Makes the work table anew from the message streams while everything goes on. Every message becomes due once; what is
 * already done is found done, and nothing is sent twice.
 */
export class RebuildMessages {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly messages: MessageLog;
      readonly table: WorkTable;
      readonly clock: Clock;
    },
  ) {}

  async rebuild(): Promise<number> {
    const { eventStore, messages, table, clock } = this.parts;
    await table.clear();
    const filter = { types: ['MessagePrepared'], categories: ['message'] };
    let after = START;
    let count = 0;
    for (;;) {
      const page = await eventStore.readAll({ after, filter, limit: 500 });
      for (const event of page.events) {
        const messageId = event.stream.slice('message-'.length);
        const message = await messages.load(messageId);
        if (message === undefined) continue;
        const ids = { messageId, caseId: message.state.caseId, tenant: message.origin.tenant };
        await table.add(rowOf(ids, message, 'nothing', clock.now().toISOString()));
        count += 1;
      }
      after = page.checkpoint;
      if (page.caughtUp) return count;
    }
  }
}
