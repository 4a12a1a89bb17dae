import { type OwnTables } from '@balagh/runtime';
import { CaseStatusRow } from './case-status.entity';
import { Intake1780000000001 } from './migrations/1780000000001-intake.migration';

/** What intake owns in its schema. */
export const intakeTables = {
  entities: [CaseStatusRow],
  migrations: [Intake1780000000001],
} satisfies OwnTables;
