/**
 * An account as a SCIM User, for a provider that has not written anything about it yet.
 * Decides how little of it is shown: what a provider matches people by, and nothing else; must not know whether it may be
 * shown at all.
 */
import { ScimError } from '../scim/errors.ts'
import { parseUser, type UserDocument } from '../scim/resource.ts'
import type { Account } from './account.ts'

/**
 * User name, names, e-mail address and whether it is active (locked and pending accounts count as active: they exist, and
 * are to be). Undefined for an account that no provider could have pushed: without a user name, or with text that cannot
 * be kept.
 */
export function shownUser({ attributes, state }: Account): UserDocument | undefined {
  const { userName = null, givenName = null, familyName = null, displayName = null, email = null } = attributes
  const emails = email === null ? [] : [{ value: email, type: 'work', primary: true }]
  const body = { userName, name: { givenName, familyName }, displayName, emails, active: state !== 'inactive' }
  try {
    return parseUser(body, { mode: 'create' })
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}
