/**
 * The channels that a configuration declares.
 * Decides which kind of channel an entry opens; must not know what is told through one.
 */
import type { Channel } from './channel.ts'
import { openSmtp, type SmtpSettings } from './smtp.ts'
import { openWebhook, type WebhookSettings } from './webhook.ts'

export type ChannelSettings =
  | ({ readonly type: 'webhook' } & WebhookSettings)
  | ({ readonly type: 'smtp' } & SmtpSettings)

export const openChannel = (settings: ChannelSettings, world: { now: () => Date }): Channel =>
  settings.type === 'webhook' ? openWebhook(settings, world) : openSmtp(settings)
