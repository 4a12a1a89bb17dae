import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Platform, CaseOpenings } from '@balagh/runtime';
import { type DataSource } from 'typeorm';
import { AnsweringHandler } from './application/answering.handler';
import { ConfrontationHandler } from './application/confrontation.handler';
import { DeliveryHandler } from './application/delivery.handler';
import { FieldWorkHandler } from './application/field-work.handler';
import { FireTimerHandler } from './application/fire-timer.handler';
import { ListQueueHandler } from './application/list-queue.handler';
import { PartnerHandler } from './application/partner.handler';
import { ProjectCaseHandler } from './application/project-case.handler';
import { ReactHandler } from './application/react.handler';
import { RebuildHandler } from './application/rebuild.handler';
import { RulesReader } from './application/rules-in-force';
import { StaffCommand } from './application/staff-command';
import { TimerPoller, type TimerPollerOptions } from './application/timer-poller';
import { ReactionsConsumer } from './inbound/feed/reactions.consumer';
import { WorkListsProjection } from './inbound/feed/work-lists.projection';
import { DispatchController } from './inbound/grpc/dispatch.controller';
import { PartnerController } from './inbound/grpc/partner.controller';
import { RebuildController } from './inbound/http/rebuild.controller';
import { PostgresKeptRows } from './outbound/kept-rows.adapter';
import { PostgresReadModels } from './outbound/read-models.adapter';
import { PostgresTimerTable } from './outbound/timer-table.adapter';

const TABLES = Symbol('dispatch.tables');

export interface DispatchParts {
  /** Initialised, on the service's own schema. Closed with the module. */
  readonly tables: DataSource;
  readonly timers: TimerPollerOptions;
}

@Module({})
export class DispatchModule implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    @Inject(TABLES) private readonly tables: DataSource,
    @Inject(TimerPoller) private readonly poller: TimerPoller,
  ) {}

  static over(platform: Platform, { tables, timers: timing }: DispatchParts): DynamicModule {
    const { streams, eventStore, profiles, clock, log } = platform;
    const openings = new CaseOpenings(streams);
    const rules = new RulesReader(profiles);
    const rows = new PostgresReadModels(tables);
    const timers = new PostgresTimerTable(tables);
    const command = new StaffCommand(platform, openings, rules);
    const projection = new ProjectCaseHandler(streams, openings, rules, rows);
    const kept = new PostgresKeptRows(tables);
    const rebuild = new RebuildHandler({ store: eventStore, projection, rows, kept, log });
    const fire = new FireTimerHandler(platform, openings, rules);
    const poller = new TimerPoller({ timers, fire, projection, profiles, clock, log }, timing);
    return {
      module: DispatchModule,
      controllers: [DispatchController, PartnerController, RebuildController],
      providers: [
        { provide: TABLES, useValue: tables },
        { provide: TimerPoller, useValue: poller },
        { provide: ProjectCaseHandler, useValue: projection },
        { provide: RebuildHandler, useValue: rebuild },
        { provide: ListQueueHandler, useValue: new ListQueueHandler(rows) },
        { provide: DeliveryHandler, useValue: new DeliveryHandler(command, rows) },
        { provide: FieldWorkHandler, useValue: new FieldWorkHandler(command) },
        { provide: ConfrontationHandler, useValue: new ConfrontationHandler(command) },
        { provide: AnsweringHandler, useValue: new AnsweringHandler(command) },
        { provide: PartnerHandler, useValue: new PartnerHandler(platform, command, rows) },
        { provide: ReactHandler, useValue: new ReactHandler(platform, openings) },
        ReactionsConsumer,
        WorkListsProjection,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.poller.start();
  }

  /** Before the servers close: a timer in flight is finished, none is begun. */
  async onModuleDestroy(): Promise<void> {
    await this.poller.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tables.destroy();
  }
}
