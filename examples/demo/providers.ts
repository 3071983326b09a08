/**
 * The three identity providers of the demo: names, how they are opened, and what they read back.
 * Decides how each is set up; must not know what any of them does in the story.
 */
import type { Belief } from '../../sim/idp/beliefs.ts'
import { leapingClock, type PlayedClock } from '../../sim/idp/clock.ts'
import { compareBeliefs, type Differences } from '../../sim/idp/compare.ts'
import { mapping } from '../../sim/idp/entra/mapping.ts'
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import { differences as oktaDifferences } from '../../sim/idp/okta/compare.ts'
import { OktaProvider } from '../../sim/idp/okta/provider.ts'
import { OneLoginProvider } from '../../sim/idp/onelogin/provider.ts'
import type { Person } from '../../sim/idp/people.ts'
import { differences } from '../../sim/idp/scim.ts'

/** Each is a connection of this id in rollcall.yaml. */
export const PROVIDER_IDS = ['okta', 'entra', 'onelogin'] as const

export type ProviderId = (typeof PROVIDER_IDS)[number]

/** As a person writes them. */
export const NAMES: Readonly<Record<ProviderId, string>> = { okta: 'Okta', entra: 'Entra ID', onelogin: 'OneLogin' }

/** Some people of each provider, or of some. */
export type Groups = Readonly<Partial<Record<ProviderId, readonly Person[]>>>

/** Everybody in the groups, provider after provider. */
export const everybody = (groups: Groups): readonly Person[] => PROVIDER_IDS.flatMap((id) => groups[id] ?? [])

export interface Providers {
  readonly okta: OktaProvider
  readonly entra: EntraProvider
  readonly onelogin: OneLoginProvider
  /** Entra's time, so that a month can pass. */
  readonly clock: PlayedClock
  beliefs(): readonly Belief[]
  close(): void
}

export interface ProvidersOptions {
  /** The SCIM address, which is one for all: the token says which connection it is. */
  readonly base: string
  readonly tokens: Readonly<Record<ProviderId, string>>
}

export function openProviders({ base, tokens }: ProvidersOptions): Providers {
  const clock = leapingClock()
  const okta = new OktaProvider({ base, token: tokens.okta, family: 'oin' })
  const entra = new EntraProvider({ base, token: tokens.entra, dialect: 'default', clock })
  const onelogin = new OneLoginProvider({ base, token: tokens.onelogin, variant: 'enterprise' })
  const all = [okta, entra, onelogin]
  return {
    okta,
    entra,
    onelogin,
    clock,
    beliefs: () => all.flatMap((provider) => provider.beliefs()),
    close: () => {
      for (const provider of all) provider.close()
    },
  }
}

/** Every provider reads all its users; one sentence for each that is not as it believes. */
export async function readAllBack(providers: Providers): Promise<readonly string[]> {
  const departures: Readonly<Record<ProviderId, Differences>> = {
    okta: oktaDifferences,
    entra: (told, resource) => differences(NAMES.entra, mapping(told), resource),
    onelogin: (told, resource) => providers.onelogin.departures(told, resource),
  }
  const found: string[] = []
  for (const id of PROVIDER_IDS) {
    const { users, complaints, failure } = await providers[id].importUsers()
    const wrong =
      failure === undefined
        ? [...complaints, ...compareBeliefs(providers[id].beliefs(), users, departures[id])]
        : [failure.message]
    found.push(...wrong.map((sentence) => `${NAMES[id]}: ${sentence}`))
  }
  return found
}
