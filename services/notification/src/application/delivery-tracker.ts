import { type MessageChannel } from '@balagh/case-events';
import { type Clock, recordMessage } from '@balagh/runtime';
import { type Logger } from 'pino';
import { TRACK_FOR_MS, nextAsk } from '../domain/message-next-action';
import { type AskedOutcome, type Channels, ChannelUnavailable } from './channel.port';
import { type MessageLog, systemContext } from './message-log';
import { rowOf } from './message-row';
import { type WorkRow } from './work-table.port';

export interface TrackerParts {
  readonly log: Logger;
  readonly clock: Clock;
  readonly messages: MessageLog;
  readonly channels: Channels;
}

/** Asks gateways, many references in one question, which accepted messages were delivered (MUS-18). */
export class DeliveryTracker {
  constructor(private readonly parts: TrackerParts) {}

  async track(rows: readonly WorkRow[]): Promise<readonly WorkRow[]> {
    const byChannel = new Map<string, WorkRow[]>();
    for (const row of rows) byChannel.set(row.channel, [...(byChannel.get(row.channel) ?? []), row]);
    const done: WorkRow[] = [];
    for (const [channel, of] of byChannel) done.push(...(await this.ask(channel as MessageChannel, of)));
    return done;
  }

  private async ask(name: MessageChannel, rows: readonly WorkRow[]): Promise<readonly WorkRow[]> {
    const channel = this.parts.channels.get(name);
    if (channel?.canBeAsked !== true) return rows.map((row) => ({ ...row, dueAt: null }));
    let found: ReadonlyMap<string, AskedOutcome>;
    try {
      found = await channel.ask(rows.map((row) => row.messageId));
    } catch (error) {
      if (!(error instanceof ChannelUnavailable)) throw error;
      found = new Map();
    }
    return Promise.all(rows.map((row) => this.note(row, found.get(row.messageId)?.deliveredAt)));
  }

  private async note(row: WorkRow, deliveredAt: string | undefined): Promise<WorkRow> {
    const now = this.parts.clock.now().toISOString();
    if (deliveredAt === undefined) {
      const late = Date.parse(now) - Date.parse(row.since) > TRACK_FOR_MS;
      return { ...row, dueAt: late ? null : nextAsk({ now, since: row.since }) };
    }
    const message = await this.parts.messages.reaching(row.messageId, row.version);
    if (message === undefined) return { ...row, dueAt: null };
    const command = { type: 'Delivered', attempt: message.state.attempts, deliveredAt } as const;
    const recorded = await this.parts.messages.record(row.messageId, command, systemContext(message.origin));
    const { messageId, caseId, tenant, channel } = row;
    if (recorded.mine) {
      this.parts.log.info({ event: 'message.delivered', messageId, caseId, tenant, channel });
      recordMessage('DELIVERED', tenant, channel);
    }
    return rowOf(row, recorded.message ?? message, 'final', null);
  }
}
