import { eventStoreKinds } from '@balagh/event-store';
import { kafkaSettings, readConfig, refuseMisfits } from '@balagh/runtime';
import { z } from 'zod';

/** What the bootstrap reads from its environment. */
export const bootstrapConfigSchema = z.object({
  /** Of a superuser, on the server that gets database `balagh`. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Of every service's role. */
  ROLE_PASSWORD: z.string(),
  /** Profiles are published into this store. */
  EVENT_STORE: z.enum(eventStoreKinds).default('postgres'),
  /** Needed with EVENT_STORE=kurrentdb. */
  EVENT_STORE_URL: z.string().optional(),
  /** Shipped profiles that are published unless somebody else has published that tenant’s: its tenants with commas between, `all` or `none`. */
  BOOTSTRAP_PROFILES: z
    .string()
    .regex(/^(all|none|[A-Z][A-Z0-9_-]*(,[A-Z][A-Z0-9_-]*)*)$/)
    .default('none'),
  /** Missing topics are made there; absent: none. */
  ...kafkaSettings,
});

/** @throws ConfigInvalid */
export function bootstrapConfig(): Readonly<z.infer<typeof bootstrapConfigSchema>> {
  return readConfig(bootstrapConfigSchema.superRefine(refuseMisfits));
}
