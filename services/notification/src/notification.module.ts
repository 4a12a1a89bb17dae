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
import { MessageLog } from './application/message-log';
import { MessageSender } from './application/message-sender';
import { NotifyOfCaseEvent } from './application/notify-of-case-event.handler';
import { RebuildMessages } from './application/rebuild-messages.handler';
import { ReconcileMessage } from './application/reconcile-message.handler';
import { type WorkTable } from './application/work-table.port';
import { WorkerPool } from './application/worker-pool';
import { CaseEventsConsumer } from './inbound/feed/case-events.consumer';
import { NotificationController } from './inbound/grpc/notification.controller';
import { RebuildController } from './inbound/http/rebuild.controller';

/** What the module stands on besides the platform; specifications give their own. */
export interface NotificationParts {
  readonly table: WorkTable;
  readonly channels: Channels;
  /** Messages sent at once. */
  readonly concurrency: number;
  /** Closes what the parts hold open. */
  readonly close: () => Promise<void>;
}

const LEASE_MS = 60_000;
const POLL_MS = 500;
const TRACK_POLL_MS = 1_000;
const TRACK_BATCH = 50;

/** The two pools that work through the table: sending, and asking for delivery. */
export class Workers {
  constructor(
    private readonly sending: WorkerPool,
    private readonly tracking: WorkerPool,
    private readonly close: () => Promise<void>,
  ) {}

  start(): void {
    this.sending.start();
    this.tracking.start();
  }

  wake(): void {
    this.sending.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([this.sending.stop(), this.tracking.stop()]);
    await this.close();
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
  return new Workers(sending, tracking, parts.close);
}

@Module({})
export class NotificationModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Workers) private readonly workers: Workers) {}

  static over(platform: Platform, parts: NotificationParts): DynamicModule {
    const { channels, table } = parts;
    const { streams, eventStore, clock } = platform;
    const messages = new MessageLog(streams);
    const workers = workersOf(platform, parts, messages);
    // The workers go on long after the message that woke them, for other cases too.
    const wake = (): void => detached(() => workers.wake());
    const notify = new NotifyOfCaseEvent({ platform, messages, table, offered: [...channels.keys()], wake });
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
