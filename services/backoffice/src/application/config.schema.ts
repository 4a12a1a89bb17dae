import { z } from 'zod';

/** Settings of the back office beyond those of every service. */
export const backofficeConfigSchema = z.object({
  BALAGH_MODE: z.enum(['demo', 'production']).default('demo'),
  ISSUER_URL: z.url({ protocol: /^https?$/ }),
  /** Origin under which browsers reach this service. Plain http only in demo mode. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  /** Seals sign-ins under way and the tokens of sessions; the same for every replica. */
  SESSION_SECRET: z.string().min(32),
  OIDC_CLIENT_ID: z.string().default('balagh-console'),
  /** Absent: a public client, proved by PKCE alone. */
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** RFC 8707 resource to ask the access token for; absent: the issuer's default. */
  OIDC_RESOURCE: z.string().optional(),
  INTAKE_GRPC: z.string(),
  ROUTING_GRPC: z.string(),
  DISPATCH_GRPC: z.string(),
  /** Folder of the built console; absent: `services/console/dist`. */
  CONSOLE_DIR: z.string().optional(),
});
export type BackofficeConfig = Readonly<z.infer<typeof backofficeConfigSchema>>;
