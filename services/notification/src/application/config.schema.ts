import { z } from 'zod';

const http = z.url({ protocol: /^https?$/ });

const flag = z.enum(['true', 'false']).default('false');

/** What this service reads from its environment beside the common settings. A channel without its address is not offered. */
export const notificationConfigSchema = z.object({
  BALAGH_MODE: z.enum(['demo', 'production']).default('demo'),
  /** Gateways, without `/messages`. */
  SMS_GATEWAY_URL: http.optional(),
  SMS_GATEWAY_TOKEN: z.string().optional(),
  WHATSAPP_GATEWAY_URL: http.optional(),
  WHATSAPP_GATEWAY_TOKEN: z.string().optional(),
  FAX_GATEWAY_URL: http.optional(),
  FAX_GATEWAY_TOKEN: z.string().optional(),
  /** Production: tokens go to gateways over http. */
  GATEWAYS_WITHOUT_TLS: flag,
  /** `smtp://user:password@host:port` or `smtps://…`. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Production: the mail server speaks no TLS, and mail is handed to it all the same. Never with a password. */
  SMTP_WITHOUT_TLS: flag,
  /** Address that mail comes from. */
  MAIL_FROM: z.email().default('no-reply@balagh.invalid'),
  /**
   * Messages in work at once over one channel, from before their attempt is written down until its outcome is: a channel that hangs holds none of
   * another's places. Default 48: mail servers admit some 50 connections of one client (Postfix’ default). With none free a message waits in the
   * table, which costs an append and two statements more.
   */
  SENDER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(48),
});
export type NotificationConfig = Readonly<z.infer<typeof notificationConfigSchema>>;

const gateways = ['SMS', 'WHATSAPP', 'FAX'] as const;

/** As above, consistent in itself: in production no token of a gateway travels in the open unless that is said. */
export const consistentNotificationConfigSchema = notificationConfigSchema.superRefine((config, problems) => {
  if (config.BALAGH_MODE !== 'production' || config.GATEWAYS_WITHOUT_TLS === 'true') return;
  for (const gateway of gateways) {
    const name = `${gateway}_GATEWAY_URL` as const;
    if (config[`${gateway}_GATEWAY_TOKEN`] !== undefined && config[name]?.startsWith('http:') === true)
      problems.addIssue({ code: 'custom', path: [name], message: 'must be https in production' });
  }
});
