/**
 * Refusals that the connector itself speaks, in the contract's terms.
 * Decides code, retry class and words; must not call CXone.
 */
import { ConnectorError } from '../contract.ts'
import type { ScimRecord } from '../scim-wire/record.ts'
import { idOf, isActive, userNameOf } from './map.ts'

export const invalid = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'value-invalid', retry: 'never', detail })

export function nameTaken(holder: ScimRecord): ConnectorError {
  const state = isActive(holder) ? 'active' : 'deactivated'
  const detail = `The name ${userNameOf(holder)} is held by the account ${idOf(holder)}, which is ${state}; choose another name or use that account.`
  return new ConnectorError({ code: 'name-taken', retry: 'never', detail })
}

export const gone = (id: string): ConnectorError =>
  new ConnectorError({ code: 'account-gone', retry: 'never', detail: `Native SCIM of CXone shows no user ${id}.` })

/** Some tenants may call active only who has signed in; then nobody can tell them from who is disabled (section 3.2). */
export const neverSeen = (id: string): ConnectorError =>
  new ConnectorError({
    code: 'answer-unexpected',
    retry: 'later',
    detail: `Native SCIM of CXone shows the account ${id}, which was just made, as inactive. So it does not tell who was never there from who is deactivated, and cannot be relied on; use the type cxone for this tenant.`,
  })

export const unseen = (what: string): ConnectorError =>
  new ConnectorError({
    code: 'not-verified',
    retry: 'soon',
    detail: `CXone accepted the write, but ${what} does not show when it is read again.`,
  })
