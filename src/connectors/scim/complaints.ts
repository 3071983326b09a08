/**
 * Refusals that the connector itself speaks, in the contract's terms.
 * Decides code, retry class and words; must not call the server.
 */
import { ConnectorError } from '../contract.ts'
import type { ScimRecord } from '../scim-wire/record.ts'
import { idOf, isActive, userNameOf } from './map.ts'

export const invalid = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'value-invalid', retry: 'never', detail })

export function nameTaken(holder: ScimRecord): ConnectorError {
  const state = isActive(holder) ? 'active' : 'disabled'
  const detail = `The name ${userNameOf(holder)} is held by the account ${idOf(holder)}, which is ${state}; choose another name or use that account.`
  return new ConnectorError({ code: 'name-taken', retry: 'never', detail })
}

export const gone = (id: string): ConnectorError =>
  new ConnectorError({ code: 'account-gone', retry: 'never', detail: `The server has no user ${id}.` })

export const unseen = (what: string): ConnectorError =>
  new ConnectorError({
    code: 'not-verified',
    retry: 'soon',
    detail: `The server accepted the write, but ${what} does not show when it is read again.`,
  })

export const unknownGroup = (wanted: string, known: readonly string[] = []): ConnectorError => {
  const some = known.slice(0, 20).join(', ')
  const detail = `There is no group "${wanted}" on the server${some === '' ? '' : `; it has ${some}`}.`
  return new ConnectorError({ code: 'unknown-group', retry: 'later', about: wanted, detail })
}

/** It is what the server does, and somebody may mend that. */
export const out = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail })
