/**
 * Refusals that the connector itself speaks, in the contract's terms.
 * Decides code, retry class and words; must not call CXone.
 */
import { ConnectorError } from '../contract.ts'
import type { User } from './schema.ts'

export const invalid = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'value-invalid', retry: 'never', detail })

export function nameTaken({ id, userName, status }: User): ConnectorError {
  const state = status === 'DELETED' ? 'deactivated' : status.toLowerCase()
  const detail = `The name ${userName} is held by the account ${id}, which is ${state}; choose another name or use that account.`
  return new ConnectorError({ code: 'name-taken', retry: 'never', detail })
}

export const gone = (id: string): ConnectorError =>
  new ConnectorError({
    code: 'account-gone',
    retry: 'never',
    detail: `CXone has no user ${id}, deactivated ones included.`,
  })

export const unseen = (what: string): ConnectorError =>
  new ConnectorError({
    code: 'not-verified',
    retry: 'soon',
    detail: `CXone accepted the write, but ${what} does not show when it is read again.`,
  })

/**
 * Whether sending the address that waits to be verified mails it again, or leaving it out drops it, is not written
 * down; either would be more than was asked for.
 */
export const pendingEmail = ({ userName }: User): ConnectorError =>
  new ConnectorError({
    code: 'value-invalid',
    retry: 'later',
    detail: `The new e-mail address of ${userName} waits to be verified, and a change now could mail it again; it is tried later (the setting resendVerification allows it now).`,
  })

export const harm = ({ userName }: User, fields: readonly string[]): ConnectorError =>
  new ConnectorError({
    code: 'not-verified',
    retry: 'later',
    detail: `CXone made the change of ${userName}, but also changed ${fields.join(', ')}; put that right in CXone.`,
  })
