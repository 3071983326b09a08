/**
 * A user to patch, and the whole way of a PATCH body in one call: for the tests of this folder only.
 * Decides the example; must not be imported by the product.
 */
import { ScimError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { QUIRKS, type NoteCode, type Quirks } from '../quirks.ts'
import { parseUser, type UserDocument } from '../resource.ts'
import { USER } from '../schema/resource-type.ts'
import { applyPatch, type PatchOutcome } from './apply.ts'
import { parsePatch } from './parse.ts'

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export const MIA = parseUser(
  {
    userName: 'mia@acme.test',
    externalId: 'x1',
    name: { givenName: 'Mia', familyName: 'Roth' },
    title: 'Agent',
    active: true,
    emails: [
      { value: 'mia@acme.test', type: 'work', primary: true },
      { value: 'mia@home.test', type: 'home' },
    ],
    [ENTERPRISE]: { department: 'Sales', manager: { value: 'u2' } },
  },
  { mode: 'create' },
)
export const BARE = parseUser({ userName: 'kim' }, { mode: 'create' })

/** Strict but for what every provider expects. */
const FORGIVING: Quirks = { ...QUIRKS.generic, unmatchedFilter: 'create' }

interface Extra {
  readonly quirks?: Quirks
  readonly notes?: NoteCode[]
}

export function patch(
  document: UserDocument,
  operations: readonly unknown[],
  { quirks = FORGIVING, notes = [] }: Extra = {},
): PatchOutcome<UserDocument> {
  const note = (code: NoteCode): void => void notes.push(code)
  const steps = parsePatch({ schemas: [PATCH_OP], Operations: operations }, USER, { quirks, note })
  return applyPatch(document, steps, { type: USER, id: 'u1', note })
}

/** The members that differ from MIA (or another document); undefined where one is gone. */
export function changesOf(operations: readonly unknown[], from: UserDocument = MIA): Record<string, unknown> {
  const { document } = patch(from, operations)
  const names = new Set([...Object.keys(from), ...Object.keys(document)])
  return Object.fromEntries(
    [...names]
      .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(document[name]))
      .map((name) => [name, document[name]]),
  )
}

export function refusalOf(act: () => unknown): ScimError {
  try {
    act()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('This was to be refused, but it was accepted')
}

export const [WORK, HOME] = MIA['emails'] as readonly [JsonObject, JsonObject]
