import { hostname } from 'node:os';
import { type DynamicModule, Module } from '@nestjs/common';
import { type RunningPlatform, runService } from '@balagh/runtime';
import { DispatchModule } from '../dispatch.module';
import { openDispatchTables } from '../dispatch.tables';

/** Waits for the tables before the module that needs them is made. */
@Module({})
class DispatchRoot {}

const timers = { owner: `${hostname()}:${process.pid}` };

const root = (platform: RunningPlatform): DynamicModule => ({
  module: DispatchRoot,
  imports: [
    openDispatchTables(platform.config).then((tables) => DispatchModule.over(platform, { tables, timers })),
  ],
});

void runService({
  name: 'dispatch',
  author: 'dispatch',
  module: root,
  grpc: {
    package: ['balagh.dispatch.v1', 'balagh.partner.v1'],
    protoPath: ['balagh/dispatch/v1/dispatch.proto', 'balagh/partner/v1/partner.proto'],
  },
  partnerGrpc: { package: ['balagh.partner.v1'], protoPath: ['balagh/partner/v1/partner.proto'] },
  http: true,
});
