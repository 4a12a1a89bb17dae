import { type MessageChannel } from '@balagh/case-events';
import { type RunningPlatform, observe, openTables, readConfig } from '@balagh/runtime';
import { type Channel, type Channels } from './application/channel.port';
import { type NotificationConfig, consistentNotificationConfigSchema } from './application/config.schema';
import { type NotificationParts } from './notification.module';
import { HttpGatewayChannel } from './outbound/http-gateway-channel.adapter';
import { messageGauges } from './outbound/message-gauges.adapter';
import { MessageEntity } from './outbound/message.entity';
import { Message1764000000000 } from './outbound/migrations/1764000000000-message.migration';
import { OpenMessages1764400000000 } from './outbound/migrations/1764400000000-open-messages.migration';
import { MessageByChannel1764500000000 } from './outbound/migrations/1764500000000-message-by-channel.migration';
import { SmtpChannel } from './outbound/smtp-channel.adapter';
import { PostgresWorkTable } from './outbound/work-table.adapter';

export const ownTables = {
  entities: [MessageEntity],
  migrations: [Message1764000000000, OpenMessages1764400000000, MessageByChannel1764500000000],
};

/** Opens what notification needs: its table (migrated) and the configured channels. @throws ConfigInvalid */
export async function openParts(
  platform: Pick<RunningPlatform, 'config' | 'log'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<NotificationParts> {
  const config = readConfig(consistentNotificationConfigSchema, env);
  const mail = mailOf(config);
  const gateways = gatewaysOf(config);
  const open = [...gateways, ...(mail === undefined ? [] : [mail])];
  const channels: Channels = new Map(
    open.map((channel): [MessageChannel, Channel] => [channel.channel, channel]),
  );
  const offered = [...channels.keys()];
  if (offered.length === 0) platform.log.warn({ event: 'notification.channels.none' });
  platform.log.info({ event: 'notification.channels', offered });
  const source = await openTables(platform.config, ownTables, 'balagh-notification-tables');
  observe(messageGauges(source));
  return {
    table: new PostgresWorkTable(source),
    channels,
    concurrency: config.SENDER_CONCURRENCY,
    close: async () => {
      mail?.close();
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await source.destroy();
    },
  };
}

function mailOf(config: NotificationConfig): SmtpChannel | undefined {
  const { BALAGH_MODE, SMTP_URL, SMTP_WITHOUT_TLS, MAIL_FROM } = config;
  const requireTls = BALAGH_MODE === 'production' && SMTP_WITHOUT_TLS === 'false';
  return SMTP_URL === undefined ? undefined : new SmtpChannel({ url: SMTP_URL, from: MAIL_FROM, requireTls });
}

function gatewaysOf(config: NotificationConfig): readonly HttpGatewayChannel[] {
  const configured: readonly (readonly [MessageChannel, string | undefined, string | undefined])[] = [
    ['SMS', config.SMS_GATEWAY_URL, config.SMS_GATEWAY_TOKEN],
    ['WHATSAPP', config.WHATSAPP_GATEWAY_URL, config.WHATSAPP_GATEWAY_TOKEN],
    ['FAX', config.FAX_GATEWAY_URL, config.FAX_GATEWAY_TOKEN],
  ];
  return configured.flatMap(([channel, url, token]) =>
    url === undefined ? [] : [new HttpGatewayChannel({ channel, url: url.replace(/\/$/, ''), token })],
  );
}
