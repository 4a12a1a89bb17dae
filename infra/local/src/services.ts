import { join } from 'node:path';
import { type EventStoreAddress } from '@balagh/event-store';
import { type DatabaseAddresses, type DatabaseService } from './database';
import { type PartnerTls } from './certificates';
import { type DataDirectory, projectRoot } from './data-directory';
import { type ServiceProcess } from './supervisor';

/** Where everything listens; also written to `endpoints.json` for command-line tools and tests. */
export interface Ports {
  readonly backoffice: number;
  readonly intake: number;
  readonly simulators: number;
  readonly smtp: number;
  readonly identity: number;
  readonly internalHttp: Readonly<Record<DatabaseService, number>>;
  readonly grpc: Readonly<Record<DatabaseService, number>>;
  /** Agencies, over mutual TLS. */
  readonly partner: number;
}

export interface Surroundings {
  readonly data: DataDirectory;
  readonly ports: Ports;
  readonly databases: DatabaseAddresses;
  /** Absent: PostgreSQL, under each service's role. */
  readonly eventStore: EventStoreAddress | undefined;
  readonly issuerUrl: string;
  readonly gatewayUrl: string;
  readonly smtpUrl: string;
  /** Present: the feed runs over Kafka. */
  readonly kafkaBrokers: string | undefined;
  readonly partnerTls: PartnerTls;
}

const names: readonly DatabaseService[] = [
  'intake',
  'routing',
  'dispatch',
  'notification',
  'history',
  'backoffice',
];

/** The services as processes, with their whole environment: each reads it once and freezes it. */
export function serviceProcesses(around: Surroundings): ServiceProcess[] {
  return names.map((name) => ({
    name,
    main: join(projectRoot, 'services', name, 'dist/entrypoints/main.js'),
    env: { ...commonEnvironment(around, name), ...ownEnvironment(around)[name] },
  }));
}

function commonEnvironment(around: Surroundings, name: DatabaseService): Record<string, string> {
  const { data, ports, databases } = around;
  return {
    BALAGH_MODE: 'demo',
    HOST: '127.0.0.1',
    HTTP_PORT: String(ports.internalHttp[name]),
    GRPC_PORT: String(ports.grpc[name]),
    DATABASE_URL: databases.of(name),
    EVENT_STORE: around.eventStore?.kind ?? 'postgres',
    EVENT_STORE_URL: around.eventStore?.url ?? databases.of(name),
    KEYS_URL: databases.of(name),
    KEK_FILE: data.keyFile,
    FEED: around.kafkaBrokers === undefined ? 'store' : 'kafka',
    KAFKA_BROKERS: around.kafkaBrokers ?? '',
    ISSUER_URL: around.issuerUrl,
    AUDIENCE: 'balagh',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
    NODE_COMPILE_CACHE: join(data.path, 'cache'),
  };
}

function ownEnvironment(around: Surroundings): Partial<Record<DatabaseService, Record<string, string>>> {
  const { data, ports } = around;
  const grpc = (name: DatabaseService): string => `127.0.0.1:${ports.grpc[name]}`;
  return {
    intake: { BALAGH_ATTACHMENTS_DIR: data.attachments, REPORT_TOKEN_SECRET: data.secrets.reportToken },
    dispatch: {
      PARTNER_GRPC_PORT: String(ports.partner),
      PARTNER_TLS_CERT_FILE: around.partnerTls.certFile,
      PARTNER_TLS_KEY_FILE: around.partnerTls.keyFile,
      PARTNER_TLS_CA_FILE: around.partnerTls.caFile,
      PARTNER_IDENTITIES_FILE: around.partnerTls.identitiesFile,
    },
    notification: {
      SMS_GATEWAY_URL: `${around.gatewayUrl}/sms`,
      WHATSAPP_GATEWAY_URL: `${around.gatewayUrl}/whatsapp`,
      FAX_GATEWAY_URL: `${around.gatewayUrl}/fax`,
      SMTP_URL: around.smtpUrl,
    },
    backoffice: {
      PUBLIC_URL: `http://localhost:${ports.backoffice}`,
      SESSION_SECRET: data.secrets.session,
      INTAKE_GRPC: grpc('intake'),
      ROUTING_GRPC: grpc('routing'),
      DISPATCH_GRPC: grpc('dispatch'),
      NOTIFICATION_GRPC: grpc('notification'),
      HISTORY_GRPC: grpc('history'),
    },
  };
}
