/**
 * The parts of a User document that are looked up by.
 * Decides how they are taken from it; must not change the document.
 */
import { userNameKey } from '../identity/user-name.ts'
import { isList, isObject, type JsonValue } from '../scim/json.ts'
import type { UserDocument } from '../scim/resource.ts'
import { ENTERPRISE_USER_SCHEMA } from '../scim/schema/enterprise-user.ts'
import { searchKey } from '../store/search-key.ts'

export interface UserColumns {
  readonly document: UserDocument
  /** The document as JSON. */
  readonly text: string
  readonly userName: string
  readonly userNameKey: string
  readonly externalId: string | null
  readonly active: boolean
  /** Folded beginnings of what is searched by. */
  readonly titleKey: string | null
  readonly departmentKey: string | null
  readonly emailKeys: readonly string[]
}

export function columnsOf(document: UserDocument): UserColumns {
  const { userName, externalId, active } = document
  const enterprise = document[ENTERPRISE_USER_SCHEMA]
  return {
    document,
    text: JSON.stringify(document),
    userName,
    userNameKey: userNameKey(userName),
    externalId: typeof externalId === 'string' ? externalId : null,
    active,
    titleKey: keyOf(document['title']),
    departmentKey: isObject(enterprise) ? keyOf(enterprise['department']) : null,
    emailKeys: emailKeysOf(document),
  }
}

/** Of every address once, in any order. */
export function emailKeysOf({ emails }: UserDocument): readonly string[] {
  if (!isList(emails)) return []
  const keys = emails.map((email) => (isObject(email) ? keyOf(email['value']) : null))
  return [...new Set(keys.filter((key) => key !== null))]
}

const keyOf = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? searchKey(value) : null)
