/**
 * What a CXone business unit is called towards an identity provider.
 * Decides the three addresses of a SAML set-up and how certain each is; must not ask anybody.
 */
import { isThisMachine, webAddress } from './address.ts'

/** A tenant, as its token and its discovery describe it (facts, sections 1.2 and 2.5). */
export interface SignOnPlace {
  /** The global issuer, without a slash at the end: `https://cxone.niceincontact.com`. */
  readonly issuer: string
  readonly tenantId?: string | undefined
  readonly tenantName?: string | undefined
  /** Number of the business unit. */
  readonly businessUnit?: string | undefined
  readonly cluster?: string | undefined
  readonly area?: string | undefined
}

/** `documented`: NICE or Microsoft write it so. `inferred`: it follows, and is to be compared with what CXone shows. */
export type Certainty = 'documented' | 'inferred'

export interface SignOnValue {
  /** Absent where the tenant has not said what it is made of. */
  readonly value?: string
  readonly certainty: Certainty
  /** Where it was taken from, or how to find it. */
  readonly why: string
}

export interface SignOnValues {
  readonly entityId: SignOnValue
  readonly acs: SignOnValue
  readonly signOnUrl: SignOnValue
}

const NO_TENANT = 'The tenant has not told its id; read it on the page of the login authenticator in CXone.'

/** Facts, section 8.2. That the two ids are the same one is written nowhere, hence inferred. */
export function signOnValues({ issuer, tenantId }: SignOnPlace): SignOnValues {
  return {
    entityId: {
      ...(tenantId === undefined ? {} : { value: `${issuer}/${tenantId}` }),
      certainty: 'inferred',
      why:
        tenantId === undefined
          ? NO_TENANT
          : 'The form is documented; that its id is the one of the tenant is inferred. Compare it with Entity ID on the page of the login authenticator in CXone: what stands there counts.',
    },
    acs: {
      ...(tenantId === undefined ? {} : { value: `${issuer}/auth/authorize?tenantId=${tenantId}` }),
      certainty: 'documented',
      why:
        tenantId === undefined
          ? NO_TENANT
          : 'With the id that the token of this tenant names. It is Assertion URL on the page of the login authenticator in CXone.',
    },
    signOnUrl: {
      value: issuer,
      certainty: 'documented',
      why: 'The issuer by itself: people type their user name there, and CXone sends them to the provider.',
    },
  }
}

/**
 * The address that people are sent to; undefined where the place is none to send anybody to. Encrypted and without a query;
 * in clear only where it is this machine, as in trials.
 */
export function launchAddress(issuer: string): string | undefined {
  const address = webAddress(issuer)
  if (address === undefined || address.rest.includes('?')) return undefined
  return address.scheme === 'https' || isThisMachine(address) ? issuer : undefined
}
