/**
 * Reads an entry under `alerts:`: its secrets, then its own keys by its type.
 * Decides nothing but the order; must not know how a message travels.
 */
import type { z } from 'zod'
import type { Path } from './problem.ts'
import { checkEntry, readSecretsOf } from './read-entry.ts'
import type { Reading } from './reading.ts'
import { ALERT_TYPES, type alertSchema } from './alert-schema.ts'
import type { AlertConfig } from './shape.ts'
import type { Json } from './source.ts'

/** `head` is absent when id or type was wrong, which has been reported. */
interface AlertEntry {
  readonly value: unknown
  readonly path: Path
  readonly head: z.output<typeof alertSchema> | undefined
}

/** The alert, or nothing when a problem was reported. */
export async function readAlert(reading: Reading, given: AlertEntry): Promise<AlertConfig | undefined> {
  const { value, path, head } = given
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { id: _id, type, ...entry } = value as Readonly<Record<string, Json>>
  const secrets = await readSecretsOf(reading, entry, path)
  // Its keys are checked even where the id is wrong, so that a person mends the file in one go.
  if (type === 'webhook') {
    const read = checkEntry(reading, { entry, path, secrets }, ALERT_TYPES.webhook)
    return head === undefined || read === undefined ? undefined : { id: head.id, type, ...read.checked }
  }
  if (type !== 'smtp') return undefined
  const read = checkEntry(reading, { entry, path, secrets }, ALERT_TYPES.smtp)
  return head === undefined || read === undefined ? undefined : { id: head.id, type, ...read.checked }
}
