/**
 * Whether the providers of the configuration can reach the address that this server is known under.
 * Decides what each profile needs of it (facts on providers, sections 1 and 2); must not refuse a start: whoever only tries
 * things out is right to go without.
 */
import { isIP } from 'node:net'
import type { Config, Settings } from '../config.ts'
import { addressesOf, isLoopback } from '../http/proxies.ts'
import type { TlsPair } from '../http/tls-pair.ts'

interface Reach {
  readonly settings: Pick<Settings, 'publicUrl' | 'host' | 'port' | 'trustedProxies'>
  /** Of the TLS that is served here. */
  readonly pair?: Pick<TlsPair, 'selfSigned' | 'isFor'>
}

const isPrivate = addressesOf(['loopback', 'private'])
/** Names that no public certificate authority signs, RFC 6761, RFC 6762 and RFC 8375 among them. */
const INTERNAL = /^[^.]+$|\.(?:local|localhost|internal|intranet|lan|home|corp|test|invalid|example|home\.arpa)$/i

/** Warnings for whoever starts the server; none for one that only this machine can reach. */
export function reachabilityWarnings(config: Config, { settings, pair }: Reach): string[] {
  const { publicUrl, host } = settings
  const local = host === 'localhost' || isLoopback(host)
  if (publicUrl === undefined) {
    if (local) return []
    return [
      `ROLLCALL_PUBLIC_URL is not set: SCIM locations name whatever address a caller used. Set it to the address that providers are given.`,
    ]
  }
  const url = new URL(publicUrl)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  return [
    ...config.tenants.flatMap(({ id: tenant, connections }) =>
      connections.flatMap((connection) =>
        NEEDS[connection.profile](url, name).map(
          (why) => `Connection ${connection.id} of tenant ${tenant} will not work with ${publicUrl}: ${why}`,
        ),
      ),
    ),
    ...(url.protocol === 'https:' && pair !== undefined ? certificateWarnings(pair, { name, publicUrl }) : []),
    ...proxyWarnings(url, { settings, ...(pair === undefined ? {} : { pair }) }),
  ]
}

type Profile = Config['tenants'][number]['connections'][number]['profile']

const https = (provider: string, url: URL): string[] =>
  url.protocol === 'https:' ? [] : [`${provider} pushes to https:// only. Serve TLS, here or in front.`]

/** Facts: Okta in 1.1 (https, no underscore in the base URL); Entra in 2.1 (TLS 1.2, public certificate). */
const NEEDS: Readonly<Record<Profile, (url: URL, name: string) => string[]>> = {
  okta: (url) => [
    ...https('Okta', url),
    ...(url.href.includes('_') ? ['Okta takes no address with an underscore. Choose another name.'] : []),
  ],
  entra: (url, name) => [
    ...https('Entra', url),
    ...(isPrivate(name) || (isIP(name) === 0 && INTERNAL.test(name))
      ? [
          `Entra pushes from the internet and needs a publicly trusted certificate, which ${name} cannot have. Use a public name, or Microsoft's provisioning agent.`,
        ]
      : []),
  ],
  onelogin: (url) => https('OneLogin', url),
  generic: () => [],
}

function certificateWarnings(
  { selfSigned, isFor }: Pick<TlsPair, 'selfSigned' | 'isFor'>,
  { name, publicUrl }: { name: string; publicUrl: string },
): string[] {
  return [
    ...(isFor(name)
      ? []
      : [`The certificate does not stand for ${name}, which ROLLCALL_PUBLIC_URL (${publicUrl}) names.`]),
    ...(selfSigned ? ['The certificate is signed by nobody but itself: cloud providers refuse it.'] : []),
  ]
}

/** Somebody else serves the TLS of the public address: that is a proxy. */
function proxyWarnings(url: URL, { settings, pair }: Reach): string[] {
  if (url.protocol !== 'https:' || pair !== undefined || settings.trustedProxies !== undefined) return []
  return [
    'ROLLCALL_PUBLIC_URL is https and this server speaks http, so a proxy stands in front, but ROLLCALL_TRUSTED_PROXIES is not set: every caller has the address of the proxy, in the log and wherever callers are told apart. Set it to the address of the proxy (`loopback` for one on this machine).',
  ]
}
