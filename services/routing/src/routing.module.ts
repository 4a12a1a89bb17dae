import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Platform, CaseOpenings } from '@balagh/runtime';
import { type DataSource } from 'typeorm';
import { CorrectRoutingHandler } from './application/correct-routing.handler';
import { ProjectDecisionHandler } from './application/project-decision.handler';
import { RouteCaseHandler } from './application/route-case.handler';
import { ROUTING_DECISIONS } from './application/routing-decisions.token';
import { CaseRegisteredConsumer } from './inbound/feed/case-registered.consumer';
import { RoutingDecisionProjection } from './inbound/feed/routing-decision.projection';
import { RoutingController } from './inbound/grpc/routing.controller';
import { InternalController } from './inbound/http/internal.controller';
import { PostgresRoutingDecisions } from './outbound/routing-decisions.adapter';

const TABLES = Symbol('routing.tables');

@Module({})
export class RoutingModule implements OnApplicationShutdown {
  constructor(@Inject(TABLES) private readonly tables: DataSource) {}

  /** `tables`: initialised, on the service's own schema. Closed with the module. */
  static over(platform: Platform, tables: DataSource): DynamicModule {
    const openings = new CaseOpenings(platform.streams);
    const decisions = new PostgresRoutingDecisions(tables);
    const projection = new ProjectDecisionHandler(platform.streams, platform.eventStore, decisions);
    return {
      module: RoutingModule,
      controllers: [RoutingController, InternalController],
      providers: [
        { provide: TABLES, useValue: tables },
        { provide: ROUTING_DECISIONS, useValue: decisions },
        { provide: RouteCaseHandler, useValue: new RouteCaseHandler(platform, openings) },
        { provide: CorrectRoutingHandler, useValue: new CorrectRoutingHandler(platform, openings) },
        { provide: ProjectDecisionHandler, useValue: projection },
        CaseRegisteredConsumer,
        RoutingDecisionProjection,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tables.destroy();
  }
}
