import { type ServiceDefinition } from '@balagh/runtime';
import { prepareHttp } from './inbound/http/prepare-http';
import { type IntakeConfig } from './intake.config';
import { IntakeModule } from './intake.module';

/** Intake as a service: line 1's gRPC and the reporters' HTTP entrance. */
export function intakeService(config: IntakeConfig): ServiceDefinition {
  return {
    name: 'intake',
    author: 'intake',
    module: (platform) => IntakeModule.forService(platform, config),
    grpc: { package: ['balagh.intake.v1'], protoPath: ['balagh/intake/v1/intake.proto'] },
    http: true,
    prepare: prepareHttp,
  };
}
