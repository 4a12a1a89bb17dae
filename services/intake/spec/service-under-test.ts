import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type intake } from '@balagh/contracts';
import { createPostgresEventStore, migrateEventStore } from '@balagh/event-store';
import { migrateKeys } from '@balagh/privacy';
import { publishProfile } from '@balagh/profile';
import {
  type GrpcClient,
  type Principal,
  type RunningService,
  type TokenVerifier,
  Unauthenticated,
  createGrpcClient,
  manualClock,
  serviceConfig,
  startService,
} from '@balagh/runtime';
import { type TestDatabase, testDatabase } from '@balagh/testing';
import { intakeService } from '../src/intake-service';
import { profileOf } from './profile-under-test';

const tenants = ['MUS', 'QAT-MME', 'KWT-MOCI', 'KWT-PAMA'];
const accounts: Readonly<Record<string, Principal>> = {
  agent: { subject: 'mus.agent', kind: 'staff', organisation: 'MUS', tenants, roles: ['LINE1'] },
  distributor: { subject: 'mus.distributor', kind: 'staff', organisation: 'MUS', tenants, roles: ['LINE2'] },
  relief: { subject: 'mus.relief', kind: 'staff', organisation: 'MUS', tenants, roles: ['LINE1', 'LINE2'] },
  foreign: {
    subject: 'pama.agent',
    kind: 'staff',
    organisation: 'KWT-PAMA',
    tenants: ['KWT-PAMA'],
    roles: ['LINE1'],
  },
  admin: { subject: 'admin', kind: 'staff', organisation: 'MUS', tenants, roles: ['ADMINISTRATOR'] },
};

/** The token is the account's name; everything else about the service is real. */
const verifier: TokenVerifier = {
  verify: async (token) => {
    const principal = accounts[token];
    if (principal === undefined) throw new Unauthenticated();
    return principal;
  },
};

export interface ServiceUnderTest {
  readonly service: RunningService;
  readonly database: TestDatabase;
  readonly clock: ReturnType<typeof manualClock>;
  readonly url: string;
  client(account: string): GrpcClient<intake.IntakeClient>;
  stop(): Promise<void>;
}

/** Intake over PostgreSQL, HTTP and gRPC on free ports, with four organisations published. */
export async function startIntake(): Promise<ServiceUnderTest> {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'balagh-intake-'));
  const clock = manualClock('2026-01-04T06:00:00.000Z');
  await migrateEventStore(database.pool);
  await migrateKeys(database.pool);
  await publish(database.url);
  const config = serviceConfig({
    DATABASE_URL: database.url,
    KEYS_URL: database.url,
    KEK_FILE: join(folder, 'kek.json'),
    ISSUER_URL: 'http://issuer.example',
    LOG_LEVEL: 'silent',
    PUBLIC_RATE_PER_SECOND: '1000',
    PUBLIC_BURST: '1000',
  });
  const own = {
    BALAGH_ATTACHMENTS_DIR: join(folder, 'attachments'),
    REPORT_TOKEN_SECRET: 'only-for-specifications',
  };
  const service = await startService(intakeService(own), { config, clock, verifier });
  return {
    service,
    database,
    clock,
    url: `http://127.0.0.1:${service.httpPort}`,
    client: (account) =>
      createGrpcClient('balagh.intake.v1', 'Intake', `127.0.0.1:${service.grpcPort}`, { token: account }),
    stop: async () => {
      await service.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function publish(url: string): Promise<void> {
  const store = createPostgresEventStore({ connectionString: url });
  const actor = { kind: 'system' as const, id: 'specification', organisation: 'MUS' };
  for (const tenant of tenants)
    await publishProfile(store, profileOf(tenant), { actor, now: () => '2026-01-01T00:00:00.000Z' });
  await store.close();
}
