/**
 * The parts of a User document that are looked up by.
 * Decides how they are taken from it; must not change the document.
 */
import { userNameKey } from '../identity/user-name.ts'
import type { UserDocument } from '../scim/resource.ts'

export interface UserColumns {
  readonly document: UserDocument
  readonly userName: string
  readonly userNameKey: string
  readonly externalId: string | null
  readonly active: boolean
}

export function columnsOf(document: UserDocument): UserColumns {
  const { userName, externalId, active } = document
  return {
    document,
    userName,
    userNameKey: userNameKey(userName),
    externalId: typeof externalId === 'string' ? externalId : null,
    active,
  }
}
