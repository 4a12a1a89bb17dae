import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serviceConfigSchema, telemetryConfigSchema } from '@balagh/runtime';
import { type z } from 'zod';
import { backofficeConfigSchema } from '../../../services/backoffice/src/application/config.schema';
import { bootstrapConfigSchema } from '../../local/src/bootstrap.schema';
import { intakeConfigSchema } from '../../../services/intake/src/intake.config';
import { notificationConfigSchema } from '../../../services/notification/src/application/config.schema';

export const root = resolve(__dirname, '../../..');
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

const own: Readonly<Record<string, z.ZodObject | undefined>> = {
  intake: intakeConfigSchema,
  routing: undefined,
  dispatch: undefined,
  notification: notificationConfigSchema,
  history: undefined,
  backoffice: backofficeConfigSchema,
};
export const serviceNames: readonly string[] = Object.keys(own);

export interface Setting {
  readonly name: string;
  readonly required: boolean;
  /** As text; absent: none. */
  readonly fallback: string | undefined;
}

/** What a service or the bootstrap reads from its environment, its own settings after those of every service. */
export function settingsOf(service: string): Setting[] {
  const schemas: readonly z.ZodObject[] =
    service === 'bootstrap'
      ? [bootstrapConfigSchema]
      : [serviceConfigSchema, telemetryConfigSchema, ...[own[service] ?? []].flat()];
  const settings = new Map(
    schemas.flatMap((schema) =>
      Object.entries(schema.shape).map(([name, type]) => [name, settingOf(name, type)]),
    ),
  );
  return [...settings.values()];
}

function settingOf(name: string, type: unknown): Setting {
  const absent = (type as z.ZodType).safeParse(undefined);
  const fallback = absent.success && absent.data !== undefined ? String(absent.data) : undefined;
  return { name, required: !absent.success, fallback };
}

/** Settings of the helpers in containers, which read the environment directly: `process.env['NAME']` or `number('NAME')`. */
export function variablesIn(path: string): Set<string> {
  return new Set(
    [...textOf(path).matchAll(/(?:process\.env\[|number\()'([A-Z_]+)'/g)].map(([, name]) => name ?? ''),
  );
}
