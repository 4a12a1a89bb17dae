export { type IntakeConfig, intakeConfig } from './intake.config';
export { intakeService } from './intake-service';
