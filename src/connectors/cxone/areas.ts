/**
 * The areas, clouds and domains of CXone that are known, as data (facts, sections 1.1, 1.3 and 1.4).
 * Decides which host a name stands for and what is said of an unknown one; refuses none, and must not call anybody.
 */
import type { CxoneConfig } from './config.ts'

interface Area {
  readonly area: string
  /** `documented` by NICE; `seen` in working clients, or with hosts of another service. */
  readonly known: 'documented' | 'seen'
}

/** All of the commercial cloud. Discovery finds the host of the API, whichever it is. */
export const AREAS: readonly Area[] = [
  { area: 'na1', known: 'documented' },
  { area: 'au1', known: 'documented' },
  { area: 'eu1', known: 'documented' },
  { area: 'na2', known: 'seen' },
  { area: 'jp1', known: 'seen' },
  { area: 'uk1', known: 'seen' },
  { area: 'ca1', known: 'seen' },
]

interface Cloud {
  readonly issuer: string
  readonly cloud: string
  readonly known: Area['known']
}

export const CLOUDS: readonly Cloud[] = [
  { issuer: 'https://cxone.niceincontact.com', cloud: 'commercial', known: 'documented' },
  { issuer: 'https://cxone-gov.niceincontact.com', cloud: 'FedRAMP Moderate', known: 'documented' },
  { issuer: 'https://nicecxone-sov1.au', cloud: 'sovereign, Australia', known: 'seen' },
  { issuer: 'https://nicecxone-sov1.eu', cloud: 'sovereign, European Union', known: 'seen' },
  { issuer: 'https://nicecxone-sov1.uk', cloud: 'sovereign, United Kingdom', known: 'seen' },
]

const COMMERCIAL = 'https://cxone.niceincontact.com'

/** Both spellings are in use side by side, and neither is turned into the other. */
const DOMAINS = [
  'niceincontact.com', 'nice-incontact.com', 'incontact.com', 'nicecxone.com', 'nicecxone-sov1.au', 'nicecxone-sov1.eu',
  'nicecxone-sov1.uk',
] // prettier-ignore

type Where = Pick<CxoneConfig, 'area' | 'issuer'>

export const unslashed = (address: string): string => address.replace(/\/+$/, '')

/** Where an access key is exchanged for a token. */
export const signInHost = ({ area, issuer }: Where): string =>
  issuer === undefined ? `https://${area}.nice-incontact.com` : unslashed(issuer)

/** Who issues tokens to registered applications: one for all areas of a cloud. */
export const issuerOf = ({ issuer }: Where): string => (issuer === undefined ? COMMERCIAL : unslashed(issuer))

/** What to think of where an entry points; undefined where it is well known. */
export function doubtAbout({ area, issuer }: Where): string | undefined {
  const names = AREAS.map((known) => known.area).join(', ')
  if (area !== undefined)
    return AREAS.some((known) => known.area === area.toLowerCase())
      ? undefined
      : `"${area}" is none of the areas that are known here (${names}); it is used as it is, as ${signInHost({ area })}. Clouds of governments have an issuer instead of an area.`
  const host = URL.parse(issuer ?? '')?.hostname ?? ''
  return isNice(host) || isThisMachine(host)
    ? undefined
    : `The issuer ${issuer} is no host of NICE that is known here (${CLOUDS.map((known) => known.issuer).join(', ')}, or an area host such as https://na1.nice-incontact.com); it is used as it is.`
}

const isNice = (host: string): boolean => DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`))

const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host)

/**
 * Whether an address that an answer of `from` names may be sent secrets: it is that host, a host beside or below it, or
 * one of NICE where `from` is too.
 */
export function isOfTheSame(from: string, address: string): boolean {
  const [asked, named] = [URL.parse(from)?.hostname, URL.parse(address)?.hostname]
  if (asked === undefined || named === undefined) return false
  const parent = asked.split('.').length > 2 && !isThisMachine(asked) ? asked.replace(/^[^.]+\./, '') : asked
  return named === asked || named === parent || named.endsWith(`.${parent}`) || (isNice(asked) && isNice(named))
}
