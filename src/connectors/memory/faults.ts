/**
 * What the memory directory refuses, and in which words.
 * Decides the refusals, and which faults tests can inject; must not keep anything.
 */
import type { GrantKind } from '../../identity/account.ts'
import { ConnectorError, type ConnectorCode, type Refusal } from '../contract.ts'

export type MemoryFault =
  | { readonly kind: 'outage' }
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'rights' }
  /** Only so many more accounts are taken. */
  | { readonly kind: 'ceiling'; readonly room: number }
  /** The part that keeps profiles and what accounts hold does not get to know of accounts that are made meanwhile. */
  | { readonly kind: 'mirror' }
  /** One entry is neither given nor taken, whatever else the same call asks for. */
  | { readonly kind: 'row'; readonly of: GrantKind; readonly id: string }

/** The refusal of every call while such a fault lasts; undefined of faults that refuse something in particular. */
export function refusalOfAll(fault: MemoryFault, now: Date): Omit<Refusal, 'ok'> | undefined {
  switch (fault.kind) {
    case 'outage':
      return { code: 'unreachable', retry: 'soon', detail: 'The directory does not answer.' }
    case 'rights':
      return { code: 'right-missing', retry: 'later', detail: 'The directory does not let this connection do that.' }
    case 'throttle': {
      const after = fault.retryAfterSeconds
      return {
        code: 'throttled',
        retry: 'soon',
        detail: 'The directory has had too many calls.',
        ...(after === undefined ? {} : { after: new Date(now.getTime() + after * 1000) }),
      }
    }
    case 'ceiling':
    case 'mirror':
    case 'row':
      return undefined
  }
}

export const gone = (id: string): Omit<Refusal, 'ok'> => ({
  code: 'account-gone',
  retry: 'never',
  detail: `There is no account ${id} in the directory.`,
})

export const notMirrored = (id: string): Omit<Refusal, 'ok'> => ({
  code: 'not-mirrored',
  retry: 'soon',
  detail: `The profiles of the directory do not know the account ${id} yet.`,
})

export const full = (limit: number): Omit<Refusal, 'ok'> => ({
  code: 'ceiling-reached',
  retry: 'later',
  detail: `The directory takes ${limit} accounts and has as many; disable one, or raise the limit.`,
})

export const stubborn = (id: string): Omit<Refusal, 'ok'> => ({
  code: 'answer-unexpected',
  retry: 'soon',
  about: id,
  detail: `The directory did not change anything about ${id}, and did not say why.`,
})

/** Which code says that there is no such thing. */
const UNKNOWN = {
  role: 'unknown-role',
  team: 'unknown-team',
  skill: 'unknown-skill',
  group: 'unknown-group',
  authenticator: 'unknown-authenticator',
} as const satisfies Record<string, ConnectorCode>

export type Named = keyof typeof UNKNOWN

/** `known`: the names there are. */
export function unknown(kind: Named, wanted: string, known: readonly string[]): ConnectorError {
  const detail = `There is no ${kind} "${wanted}" in the directory. It knows: ${known.join(', ') || 'none'}.`
  return new ConnectorError({ code: UNKNOWN[kind], retry: 'later', about: wanted, detail })
}

export const policyInvalid = (about: string, detail: string): ConnectorError =>
  new ConnectorError({ code: 'policy-invalid', retry: 'later', about, detail })
