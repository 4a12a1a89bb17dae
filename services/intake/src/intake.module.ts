import { type RunningPlatform, PLATFORM, type Platform, namedUuid, openTables } from '@balagh/runtime';
import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { type Outbound, Intake } from './application/intake';
import { CaseStatusConsumer } from './inbound/feed/case-status.consumer';
import { DuplicateDetectedConsumer } from './inbound/feed/duplicate-detected.consumer';
import { IntakeController } from './inbound/grpc/intake.controller';
import { PagesController } from './inbound/http/pages.controller';
import { PublicInformationController } from './inbound/http/public-information.controller';
import { RebuildController } from './inbound/http/rebuild.controller';
import { REPORT_TOKENS, ReportTokens } from './inbound/http/report-tokens';
import { ReportsController } from './inbound/http/reports.controller';
import { type IntakeConfig } from './intake.config';
import { FileAttachmentStore } from './outbound/file-attachment-store.adapter';
import { intakeTables } from './outbound/intake-tables';
import { PostgresCaseNumbers } from './outbound/postgres-case-numbers.adapter';
import { PostgresDuplicateKeys } from './outbound/postgres-duplicate-keys.adapter';
import { PostgresReporterContacts } from './outbound/postgres-reporter-contacts.adapter';
import { SharpEvidenceInspector } from './outbound/sharp-evidence-inspector.adapter';
import { TypeormCaseStatuses } from './outbound/typeorm-case-statuses.adapter';

/** Nest injection token of the `Outbound` adapters. */
const OUTBOUND = Symbol('intake.outbound');

/** Puts one process's intake together. */
@Module({})
export class IntakeModule implements OnApplicationShutdown {
  constructor(@Inject(OUTBOUND) private readonly outbound: Outbound & { close?(): Promise<void> }) {}

  static forService(platform: RunningPlatform, config: IntakeConfig): DynamicModule {
    return IntakeModule.with(config.REPORT_TOKEN_SECRET, () => openOutbound(platform, config));
  }

  /** With other adapters, for specifications. */
  static with(tokenSecret: string, outbound: () => Outbound | Promise<Outbound>): DynamicModule {
    return {
      module: IntakeModule,
      controllers: [
        IntakeController,
        ReportsController,
        PublicInformationController,
        RebuildController,
        PagesController,
      ],
      providers: [
        { provide: OUTBOUND, useFactory: outbound },
        { provide: REPORT_TOKENS, useValue: new ReportTokens(tokenSecret) },
        intakeProvider,
        CaseStatusConsumer,
        DuplicateDetectedConsumer,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.outbound.close?.();
  }
}

const intakeProvider: Provider = {
  provide: Intake,
  inject: [PLATFORM, OUTBOUND],
  useFactory: async (platform: Platform, outbound: Outbound): Promise<Intake> => {
    const { streams, privacy, profiles, eventStore, clock } = platform;
    const now = (): string => clock.now().toISOString();
    const intake = new Intake(
      { streams, privacy, profiles, now, derivedId: namedUuid },
      eventStore,
      outbound,
    );
    // Before anything can be registered: a counter that was lost must not hand out a number twice.
    await intake.raiseNumbers.handle();
    return intake;
  },
};

async function openOutbound(
  { config, database }: RunningPlatform,
  own: IntakeConfig,
): Promise<Outbound & { close(): Promise<void> }> {
  const source = await openTables(config, intakeTables, 'balagh-intake-tables');
  return {
    numbers: new PostgresCaseNumbers(database),
    duplicateKeys: new PostgresDuplicateKeys(database),
    contacts: new PostgresReporterContacts(database),
    statuses: new TypeormCaseStatuses(source),
    attachments: new FileAttachmentStore(own.BALAGH_ATTACHMENTS_DIR),
    inspector: new SharpEvidenceInspector(),
    close: () => source.destroy(),
  };
}
