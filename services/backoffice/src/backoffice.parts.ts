import { type RunningPlatform, openTables, readConfig } from '@balagh/runtime';
import { type BackofficeParts } from './backoffice.module';
import { type BackofficeConfig, backofficeConfigSchema } from './application/config.schema';
import { CaseRowEntity } from './outbound/case-row.entity';
import { PostgresCaseRows } from './outbound/case-rows.adapter';
import { createGrpcCommands } from './outbound/commands.adapter';
import { BackOffice1764000000000 } from './outbound/migrations/1764000000000-back-office.migration';
import { NumberParts1764200000000 } from './outbound/migrations/1764200000000-number-parts.migration';
import { createOpenIdProvider } from './outbound/openid.adapter';
import { ListOrders1764300000000 } from './outbound/migrations/1764300000000-list-orders.migration';
import { SessionRenewals1764400000000 } from './outbound/migrations/1764400000000-session-renewals.migration';
import { OpeningOrganisations1764500000000 } from './outbound/migrations/1764500000000-opening-organisations.migration';
import { SessionEntity } from './outbound/session.entity';
import { PostgresSessionTable } from './outbound/session-table.adapter';

export const ownTables = {
  entities: [CaseRowEntity, SessionEntity],
  migrations: [
    BackOffice1764000000000,
    NumberParts1764200000000,
    ListOrders1764300000000,
    SessionRenewals1764400000000,
    OpeningOrganisations1764500000000,
  ],
};

/** Opens what the back office needs: its tables (migrated), the issuer, the deciding services. @throws ConfigInvalid */
export async function openParts(
  platform: Pick<RunningPlatform, 'config' | 'clock'>,
): Promise<BackofficeParts> {
  const config = readConfig(backofficeConfigSchema);
  const https = config.PUBLIC_URL.startsWith('https:');
  if (config.BALAGH_MODE === 'production' && !https)
    throw new TypeError('PUBLIC_URL must be https in production');
  const source = await openTables(platform.config, ownTables, 'balagh-backoffice-tables');
  const commands = createGrpcCommands(config);
  return {
    config,
    rows: new PostgresCaseRows(source),
    sessionTable: new PostgresSessionTable(source),
    identity: identityOf(config, () => platform.clock.now().getTime()),
    commands,
    close: async () => {
      commands.close();
      await source.destroy();
    },
  };
}

function identityOf(config: BackofficeConfig, now: () => number) {
  const publicUrl = new URL(config.PUBLIC_URL).origin;
  return createOpenIdProvider({
    issuerUrl: config.ISSUER_URL,
    clientId: config.OIDC_CLIENT_ID,
    clientSecret: config.OIDC_CLIENT_SECRET,
    resource: config.OIDC_RESOURCE,
    publicUrl,
    callbackUrl: `${publicUrl}/auth/callback`,
    allowHttp: config.BALAGH_MODE === 'demo',
    now,
  });
}
