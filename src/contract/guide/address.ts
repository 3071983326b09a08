/**
 * Whether a provider could reach a SCIM address and would take it, as far as the address itself tells.
 * Decides faults and doubts in words; must not look anything up.
 */
import { PROVIDER_NAMES, type Provider } from './shape.ts'

export interface AddressFault {
  readonly what: string
  readonly fix: string
  /** False for what may be meant so. */
  readonly certain: boolean
}

interface Parts {
  readonly secure: boolean
  readonly host: string
  readonly path: string
}

/** What is wrong with `base` for this provider; empty when nothing can be told from it. */
export function addressFaults(provider: Provider, base: string): readonly AddressFault[] {
  const parts = partsOf(base)
  if (parts === undefined)
    return [{ what: `${base} is not a web address.`, fix: 'Write https://host/scim/v2.', certain: true }]
  return [...schemeFaults(provider, parts), ...nameFaults(provider, base), ...reachFaults(parts), ...pathFaults(parts)]
}

function partsOf(base: string): Parts | undefined {
  const [, scheme, , v6, name = '', path = ''] =
    /^(https?):\/\/((\[[0-9a-f:.]+\])|([^/:?#@\s]+))(?::\d+)?([^?#]*)/i.exec(base) ?? []
  if (scheme === undefined) return undefined
  return { secure: scheme.toLowerCase() === 'https', host: (v6?.slice(1, -1) ?? name).toLowerCase(), path }
}

function schemeFaults(provider: Provider, { secure }: Parts): readonly AddressFault[] {
  if (secure) return []
  const fix = 'Put something that speaks https in front and set ROLLCALL_PUBLIC_URL to its address.'
  const name = PROVIDER_NAMES[provider]
  return provider === 'okta' || provider === 'entra'
    ? [{ what: `The address begins with http; ${name} takes https only.`, fix, certain: true }]
    : [{ what: 'The address begins with http, so the token would travel in the clear.', fix, certain: false }]
}

/** Facts 1.2: the wizard of Okta refuses an underscore anywhere in the base URL. */
const nameFaults = (provider: Provider, base: string): readonly AddressFault[] =>
  provider === 'okta' && base.includes('_')
    ? [
        {
          what: 'There is an underscore in the address, which Okta refuses.',
          fix: 'Give the host another name.',
          certain: true,
        },
      ]
    : []

const HERE = /^(?:localhost|.+\.localhost|127\.[\d.]+|0\.0\.0\.0|::1?)$/
const PRIVATE =
  /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/
const INWARD = /\.(?:local|internal|lan|intranet|corp|home|home\.arpa)$/
const NUMBERS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]+:[0-9a-f:.]*)$/

/** `10.0.0.1`, `fd00::1`: reached from inside only. */
export const isPrivateAddress = (address: string): boolean => PRIVATE.test(address) || HERE.test(address)

function reachFaults({ host }: Parts): readonly AddressFault[] {
  const fix = 'Give it a public name and set ROLLCALL_PUBLIC_URL to it.'
  if (HERE.test(host))
    return [
      { what: `${host} means the provider's own machine: nobody else reaches this one by it.`, fix, certain: true },
    ]
  if (PRIVATE.test(host) || INWARD.test(host) || (!host.includes('.') && !host.includes(':'))) {
    return [
      {
        what: `${host} is an address inside a network, which a provider in the cloud does not reach.`,
        fix: `${fix} An agent of the provider in your network may reach it all the same.`,
        certain: false,
      },
    ]
  }
  if (NUMBERS.test(host))
    return [{ what: `${host} is a number; public certificates are made for names.`, fix, certain: false }]
  return []
}

function pathFaults({ path }: Parts): readonly AddressFault[] {
  const bare = path.replace(/\/+$/, '')
  const fix = 'It ends in /scim/v2, once.'
  if (/\/scim\/v2\/.*scim\/v2$/.test(bare)) return [{ what: 'The address has /scim/v2 twice.', fix, certain: true }]
  if (/\/(?:Users|Groups)$/i.test(bare))
    return [{ what: 'The address ends in a resource; the provider adds that itself.', fix, certain: true }]
  return bare.endsWith('/scim/v2') ? [] : [{ what: 'The address does not end in /scim/v2.', fix, certain: true }]
}
