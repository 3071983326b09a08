/**
 * Which kinds of targets there are.
 * Decides the list, written by hand; only the composition root reads it. A test compares it with the folders.
 */
import type { ConnectorDefinition } from './contract.ts'
import { cxone } from './cxone/index.ts'
import { cxoneScim } from './cxone-scim/index.ts'
import { memory } from './memory/index.ts'
import { scim } from './scim/index.ts'

/** Every connector, by the `type` that an entry under `apps:` in rollcall.yaml names. */
export const connectors: readonly ConnectorDefinition<unknown>[] = [memory, cxone, cxoneScim, scim]

export const findConnector = (type: string): ConnectorDefinition<unknown> | undefined =>
  connectors.find((definition) => definition.type === type)
