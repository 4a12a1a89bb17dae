export { IntakeModule } from './intake.module';
export { type IntakeConfig, intakeConfig } from './intake.config';
