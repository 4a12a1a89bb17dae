import { readFileSync } from 'node:fs';
import { type KafkaSecurity } from '@balagh/event-feed';
import { z } from 'zod';
import { readConfig } from './config';

/** What everybody who speaks to Kafka reads from the environment. */
export const kafkaSettings = {
  /** `host:port,host:port`; needed with FEED=kafka. */
  KAFKA_BROKERS: z.string().optional(),
  /** `on`: brokers are spoken to over TLS, and their certificates are checked. */
  KAFKA_TLS: z.enum(['off', 'on']).default('off'),
  /** PEM: authorities of the brokers' certificates; absent: those that Node trusts. */
  KAFKA_TLS_CA_FILE: z.string().optional(),
  /** PEM: our certificate for brokers that ask for one, and its key; together. */
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  /** Absent: no user. `plain` only over TLS. */
  KAFKA_SASL_MECHANISM: z.enum(['scram-sha-512', 'scram-sha-256', 'plain']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
};

export type KafkaConfig = Readonly<z.infer<z.ZodObject<typeof kafkaSettings>>>;

/** A program that reads nothing but these. @throws ConfigInvalid */
export function kafkaConfig(env: Readonly<Record<string, string | undefined>> = process.env): KafkaConfig {
  return readConfig(z.object(kafkaSettings).superRefine(refuseMisfits), env);
}

/** For schemas that hold these settings beside others. */
export function refuseMisfits(config: KafkaConfig, problems: z.RefinementCtx): void {
  for (const [name, message] of kafkaProblems(config))
    problems.addIssue({ code: 'custom', path: [name], message });
}

/** Settings that do not fit together, each as its name and why. */
function kafkaProblems(config: KafkaConfig): readonly (readonly [keyof KafkaConfig, string])[] {
  const needed = (name: keyof KafkaConfig, because: keyof KafkaConfig): [keyof KafkaConfig, string][] =>
    config[because] !== undefined && config[name] === undefined ? [[name, `is needed with ${because}`]] : [];
  const files = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const;
  return [
    ...needed('KAFKA_TLS_KEY_FILE', 'KAFKA_TLS_CERT_FILE'),
    ...needed('KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'),
    ...needed('KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM'),
    ...needed('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM'),
    ...needed(
      'KAFKA_SASL_MECHANISM',
      config.KAFKA_SASL_USERNAME === undefined ? 'KAFKA_SASL_PASSWORD' : 'KAFKA_SASL_USERNAME',
    ),
    ...(config.KAFKA_TLS === 'off' && files.some((file) => config[file] !== undefined)
      ? ([['KAFKA_TLS', 'must be on with its files']] as const)
      : []),
    ...(config.KAFKA_TLS === 'off' && config.KAFKA_SASL_MECHANISM === 'plain'
      ? ([['KAFKA_SASL_MECHANISM', 'plain sends the password in clear: KAFKA_TLS must be on']] as const)
      : []),
  ];
}

/** Reads the files once: a new certificate needs a restart. @throws when a file cannot be read */
export function kafkaSecurityOf(config: KafkaConfig): KafkaSecurity {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = config;
  const password = config.KAFKA_SASL_PASSWORD;
  return {
    ...(config.KAFKA_TLS === 'off' ? {} : { tls: tlsOf(config) }),
    ...(mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { sasl: { mechanism, username, password } }),
  };
}

function tlsOf(config: KafkaConfig): NonNullable<KafkaSecurity['tls']> {
  const part = (name: string, file: string | undefined): object =>
    file === undefined ? {} : { [name]: readFileSync(file, 'utf8') };
  return {
    ...part('ca', config.KAFKA_TLS_CA_FILE),
    ...part('cert', config.KAFKA_TLS_CERT_FILE),
    ...part('key', config.KAFKA_TLS_KEY_FILE),
  };
}
