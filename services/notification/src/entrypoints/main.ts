import { type RunningPlatform, runService } from '@balagh/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { NotificationModule } from '../notification.module';
import { openParts } from '../notification.parts';

/** Waits for the table and the channels before the module that needs them is made. */
@Module({})
class NotificationRoot {}

const root = (platform: RunningPlatform): DynamicModule => ({
  module: NotificationRoot,
  imports: [openParts(platform).then((parts) => NotificationModule.over(platform, parts))],
});

void runService({
  name: 'notification',
  author: 'notification',
  module: root,
  grpc: { package: ['balagh.notification.v1'], protoPath: ['balagh/notification/v1/notification.proto'] },
  http: true,
});
