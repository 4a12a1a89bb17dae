import { readConfig } from '@balagh/runtime';
import { z } from 'zod';

/** Settings of intake beside those of every service. */
export const intakeConfigSchema = z.object({
  /** Folder of sealed evidence; made when it is missing. */
  BALAGH_ATTACHMENTS_DIR: z.string().min(1),
  /** Key of the report tokens; changing it ends the completion of reports that are open. */
  REPORT_TOKEN_SECRET: z.string().min(16),
});
export type IntakeConfig = Readonly<z.infer<typeof intakeConfigSchema>>;

/** @throws ConfigInvalid */
export function intakeConfig(env: Readonly<Record<string, string | undefined>> = process.env): IntakeConfig {
  return readConfig(intakeConfigSchema, env);
}
