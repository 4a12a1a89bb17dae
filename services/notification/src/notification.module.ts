import { type MessageChannel } from '@balagh/case-events';
import { type Platform, detached } from '@balagh/runtime';
import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type Channels } from './application/channel.port';
import { DeliveryTracker } from './application/delivery-tracker';
import { ListMessages } from './application/list-messages.handler';
import { type LoadedMessage, MessageLog } from './application/message-log';
import { type Letter, MessageSender } from './application/message-sender';
import { NotifyOfCaseEvent, type Sending } from './application/notify-of-case-event.handler';
import { RebuildMessages } from './application/rebuild-messages.handler';
import { ReconcileMessage } from './application/reconcile-message.handler';
import { type WorkRow, type WorkTable } from './application/work-table.port';
import { type Place, WorkerPool } from './application/worker-pool';
import { CaseEventsConsumer } from './inbound/feed/case-events.consumer';
import { NotificationController } from './inbound/grpc/notification.controller';
import { RebuildController } from './inbound/http/rebuild.controller';

/** What the module stands on besides the platform; specifications give their own. */
export interface NotificationParts {
  readonly table: WorkTable;
  readonly channels: Channels;
  /** Messages sent at once over one channel. */
  readonly concurrency: number;
  /** Closes what the parts hold open. */
  readonly close: () => Promise<void>;
}

const LEASE_MS = 60_000;
const POLL_MS = 500;
const TRACK_POLL_MS = 1_000;
const TRACK_BATCH = 50;

interface WorkersParts {
  readonly sender: MessageSender;
  readonly sending: WorkerPool;
  readonly tracking: WorkerPool;
  readonly close: () => Promise<void>;
}

/**
 * The two pools that work through the table: sending, and asking for delivery. What they begin goes on long after the message that asked for it,
 * for other cases too.
 */
export class Workers implements Sending {
  constructor(private readonly parts: WorkersParts) {}

  start(): void {
    this.parts.sending.start();
    this.parts.tracking.start();
  }

  wake(): void {
    detached(() => this.parts.sending.wake());
  }

  place(channel: MessageChannel): Place | undefined {
    const place = this.parts.sending.place(channel);
    return place && { ...place, begin: (row, work) => detached(() => place.begin(row, work)) };
  }

  sendSubmitted(row: WorkRow, message: LoadedMessage, letter: Letter): Promise<WorkRow> {
    return this.parts.sender.sendSubmitted(row, message, letter);
  }

  async stop(): Promise<void> {
    await Promise.all([this.parts.sending.stop(), this.parts.tracking.stop()]);
    await this.parts.close();
  }
}

function workersOf(platform: Platform, parts: NotificationParts, messages: MessageLog): Workers {
  const { channels, table, concurrency } = parts;
  const { clock, log, privacy, profiles } = platform;
  const sender = new MessageSender({ log, clock, messages, channels, privacy, profiles });
  const tracker = new DeliveryTracker({ log, clock, messages, channels });
  const common = { leaseMs: LEASE_MS };
  const sending = new WorkerPool(
    { table, clock, log },
    { ...common, queue: 'SEND', concurrency, pollMs: POLL_MS },
    (rows) => Promise.all(rows.map((row) => sender.advance(row))),
  );
  const tracking = new WorkerPool(
    { table, clock, log },
    { ...common, queue: 'TRACK', concurrency: 2, pollMs: TRACK_POLL_MS },
    (rows) => tracker.track(rows),
    TRACK_BATCH,
  );
  return new Workers({ sender, sending, tracking, close: parts.close });
}

@Module({})
export class NotificationModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Workers) private readonly workers: Workers) {}

  static over(platform: Platform, parts: NotificationParts): DynamicModule {
    const { channels, table } = parts;
    const { streams, eventStore, clock } = platform;
    const messages = new MessageLog(streams);
    const workers = workersOf(platform, parts, messages);
    const offered = [...channels.keys()];
    const notify = new NotifyOfCaseEvent({ platform, messages, table, offered, sending: workers });
    const wake = (): void => workers.wake();
    return {
      module: NotificationModule,
      controllers: [NotificationController, RebuildController],
      providers: [
        { provide: Workers, useValue: workers },
        { provide: NotifyOfCaseEvent, useValue: notify },
        { provide: ListMessages, useValue: new ListMessages({ streams, messages }) },
        {
          provide: ReconcileMessage,
          useValue: new ReconcileMessage({ messages, channels, table, clock, wake }),
        },
        { provide: RebuildMessages, useValue: new RebuildMessages({ eventStore, messages, table, clock }) },
        CaseEventsConsumer,
      ],
    };
  }

  /** Whatever a stopped process left open is picked up from the table. */
  onApplicationBootstrap(): void {
    this.workers.start();
  }

  /** The feed has stopped already: nothing new is added to the table. */
  async onApplicationShutdown(): Promise<void> {
    await this.workers.stop();
  }
}
