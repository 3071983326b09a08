/** A message to send in tests. Must not be used by product code. */
import type { Message } from '../../src/notify/channel.ts'

export const message = (more: Partial<Message> = {}): Message => ({
  id: '7b0f0f4e-4a43-4a6e-9b1e-2d4f6a8c0e12',
  type: 'open-item.opened',
  at: new Date('2026-03-02T10:11:12.000Z'),
  tenant: 'acme',
  subject: 'Rollcall: cxone-na1: Unknown role "Agnt", 500 changes wait',
  text: 'Unknown role "Agnt" in the app cxone-na1 of acme.\n',
  data: { app: 'cxone-na1', waiting: 500 },
  ...more,
})
