import { z } from 'zod';

const http = z.url({ protocol: /^https?$/ });

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
  /** `smtp://user:password@host:port` or `smtps://…`. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
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
