/**
 * Whether somebody who is to be created has an account under another name already: one that CXone made when they first
 * signed in (facts, sections 8.1 to 8.3).
 * Decides which names are looked at and what proves it; must not change anything.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { FIELDS, textOf } from './map.ts'
import type { Parts } from './parts.ts'
import type { User } from './schema.ts'

/** CXone names such an account by the NameID or by the e-mail address; nothing is asked where both are the user name. */
export async function knownOtherwise(
  parts: Pick<Parts, 'directory' | 'agents'>,
  ask: Ask,
  { userName = '', federatedId, email }: AccountAttributes,
): Promise<User | undefined> {
  if (federatedId == null) return undefined
  const names = new Set([federatedId, email ?? ''].filter((name) => name !== '').map(userNameKey))
  names.delete(userNameKey(userName))
  for (const name of names) {
    const user = await parts.directory.byName(ask, name)
    if (user === undefined || user.status === 'DELETED') continue
    const known = textOf(user.raw[FIELDS.federatedId]) ?? (await byAcd(parts, ask, user))
    if (known === null ? name === userNameKey(federatedId) : known === federatedId) return user
  }
  return undefined
}

/** Most reads of a user do not show it, those of the ACD do; where they may not be made, nobody knows. */
async function byAcd({ agents }: Pick<Parts, 'agents'>, ask: Ask, { id }: User): Promise<string | null> {
  try {
    return textOf((await agents.of(ask, id))?.raw['federatedId'])
  } catch (error) {
    if (error instanceof ConnectorError && error.refusal.code === 'right-missing') return null
    throw error
  }
}

export const tiedElsewhere = ({ userName }: User, wanted: string): ConnectorError =>
  new ConnectorError({
    code: 'name-taken',
    retry: 'never',
    detail: `Who signs in as ${wanted} has an account in CXone already, named ${userName}: CXone may have made it at their first sign-in. Give it the user name that they have here, and it becomes theirs; or take the federated identity from it.`,
  })
