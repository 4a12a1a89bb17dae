import { runService } from '@balagh/runtime';
import { prepareHttp } from '../inbound/http/prepare-http';
import { intakeConfig } from '../intake.config';
import { IntakeModule } from '../intake.module';

void runService({
  name: 'intake',
  author: 'intake',
  module: (platform) => IntakeModule.forService(platform, intakeConfig()),
  grpc: { package: ['balagh.intake.v1'], protoPath: ['balagh/intake/v1/intake.proto'] },
  http: true,
  prepare: prepareHttp,
});
