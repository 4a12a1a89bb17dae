import { type DynamicModule, Module } from '@nestjs/common';
import { type RunningPlatform, runService } from '@balagh/runtime';
import { BackofficeModule } from '../backoffice.module';
import { openParts } from '../backoffice.parts';
import { servePages } from '../inbound/http/serve-pages';

/** Waits for the tables and clients before the module that needs them is made. */
@Module({})
class BackofficeRoot {}

const root = (platform: RunningPlatform): DynamicModule => ({
  module: BackofficeRoot,
  imports: [openParts(platform).then((parts) => BackofficeModule.over(platform, parts))],
});

void runService({ name: 'backoffice', author: 'access', module: root, http: true, prepare: servePages });
