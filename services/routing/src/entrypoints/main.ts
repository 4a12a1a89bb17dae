import { type DynamicModule, Module } from '@nestjs/common';
import { type RunningPlatform, runService } from '@balagh/runtime';
import { RoutingModule } from '../routing.module';
import { openRoutingTables } from '../routing.tables';

/** Waits for the tables before the module that needs them is made. */
@Module({})
class RoutingRoot {}

const root = (platform: RunningPlatform): DynamicModule => ({
  module: RoutingRoot,
  imports: [openRoutingTables(platform.config).then((tables) => RoutingModule.over(platform, tables))],
});

void runService({
  name: 'routing',
  author: 'routing',
  module: root,
  grpc: { package: ['balagh.routing.v1'], protoPath: ['balagh/routing/v1/routing.proto'] },
  http: true,
});
