import { eventStoreKinds } from '@balagh/event-store';
import { z } from 'zod';
import { readConfig } from './config';
import { kafkaSettings, refuseMisfits } from './kafka-config';

const port = z.coerce.number().int().min(0).max(65_535);
const positive = (fallback: number, max: number) => z.coerce.number().positive().max(max).default(fallback);

/** What every service reads from its environment. Ports: 0 takes a free one. */
export const serviceConfigSchema = z.object({
  /** `demo`: invented data, development issuer allowed. `production`: anything that is only for demonstration refuses to start. */
  BALAGH_MODE: z.enum(['demo', 'production']).default('demo'),
  HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port.default(0),
  GRPC_PORT: port.default(0),
  /** The agencies' entrance over mutual TLS, where a service has one: present together, or there is none. */
  PARTNER_GRPC_PORT: port.optional(),
  /** PEM files: the server's certificate (with chain) and key, and the authorities whose client certificates are taken. */
  PARTNER_TLS_CERT_FILE: z.string().optional(),
  PARTNER_TLS_KEY_FILE: z.string().optional(),
  PARTNER_TLS_CA_FILE: z.string().optional(),
  /** Certificate → agency → scopes; docs/how-to/onboard-an-agency.md. */
  PARTNER_IDENTITIES_FILE: z.string().optional(),
  /** Own schema, own role; its search_path is the service's schema. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  EVENT_STORE: z.enum(eventStoreKinds).default('postgres'),
  /** Absent: the event store lives behind DATABASE_URL too. Of the kind that EVENT_STORE says. */
  EVENT_STORE_URL: z.url({ protocol: /^(postgres(ql)?|kurrentdb(\+discover)?)$/ }).optional(),
  /** Absent: this service has no right to personal data; using `platform.privacy` then fails. */
  KEYS_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** File of the key-encryption key; needed with KEYS_URL. */
  KEK_FILE: z.string().optional(),
  FEED: z.enum(['store', 'kafka']).default('store'),
  ...kafkaSettings,
  /** Demo only: JSON file with the faults that a drill asks of the feed (`FeedFaults` of the event feed). */
  FEED_FAULTS_FILE: z.string().optional(),
  ISSUER_URL: z.url({ protocol: /^https?$/ }),
  AUDIENCE: z.string().default('balagh'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Proxies in front of the HTTP port whose X-Forwarded-For is believed. */
  TRUST_PROXY: z.coerce.number().int().min(0).max(5).default(0),
  /** Open HTTP routes: requests per second and burst for one client address. */
  PUBLIC_RATE_PER_SECOND: positive(20, 100_000),
  PUBLIC_BURST: positive(60, 100_000),
});

const partnerFiles = [
  'PARTNER_TLS_CERT_FILE',
  'PARTNER_TLS_KEY_FILE',
  'PARTNER_TLS_CA_FILE',
  'PARTNER_IDENTITIES_FILE',
] as const;

const consistentSchema = serviceConfigSchema.superRefine((config, problems) => {
  const demand = (name: keyof typeof config, because: string): void => {
    if (config[name] === undefined)
      problems.addIssue({ code: 'custom', path: [name], message: `is needed with ${because}` });
  };
  if (config.KEYS_URL !== undefined) demand('KEK_FILE', 'KEYS_URL');
  if (config.FEED_FAULTS_FILE !== undefined && config.BALAGH_MODE !== 'demo')
    problems.addIssue({ code: 'custom', path: ['FEED_FAULTS_FILE'], message: 'exists in demo mode only' });
  refuseMisfits(config, problems);
  if (config.BALAGH_MODE === 'production' && !config.ISSUER_URL.startsWith('https:'))
    problems.addIssue({ code: 'custom', path: ['ISSUER_URL'], message: 'must be https in production' });
  if (config.FEED === 'kafka') demand('KAFKA_BROKERS', 'FEED=kafka');
  if (config.EVENT_STORE === 'kurrentdb') demand('EVENT_STORE_URL', 'EVENT_STORE=kurrentdb');
  if (config.EVENT_STORE_URL?.startsWith(config.EVENT_STORE) === false)
    problems.addIssue({
      code: 'custom',
      path: ['EVENT_STORE_URL'],
      message: 'is of another store than EVENT_STORE',
    });
  if (config.PARTNER_GRPC_PORT !== undefined)
    for (const name of partnerFiles) demand(name, 'PARTNER_GRPC_PORT');
});

export type ServiceConfig = Readonly<z.infer<typeof serviceConfigSchema>>;

/** @throws ConfigInvalid */
export function serviceConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ServiceConfig {
  return readConfig(consistentSchema, env);
}
