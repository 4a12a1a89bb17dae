import { type DynamicModule, Module } from '@nestjs/common';
import { type RunningPlatform, runService } from '@balagh/runtime';
import { HistoryModule } from '../history.module';
import { openHistoryParts } from '../history.parts';

/** Waits for the index before the module that needs it is made. */
@Module({})
class HistoryRoot {}

const root = (platform: RunningPlatform): DynamicModule => ({
  module: HistoryRoot,
  imports: [
    openHistoryParts(platform.config.DATABASE_URL).then((parts) => HistoryModule.over(platform, parts)),
  ],
});

void runService({
  name: 'history',
  author: 'access',
  module: root,
  http: true,
  grpc: { package: ['balagh.history.v1'], protoPath: ['balagh/history/v1/history.proto'] },
});
