import { runService } from '@balagh/runtime';
import { intakeService } from '../intake-service';
import { intakeConfig } from '../intake.config';

void runService(intakeService(intakeConfig()));
