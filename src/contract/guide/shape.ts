/**
 * The shape of a connection guide, and the place it is written for.
 * Decides the shape only; must not hold words of any guide.
 */

export const PROVIDERS = ['okta', 'entra', 'onelogin', 'generic'] as const
export type Provider = (typeof PROVIDERS)[number]

/** As a person writes them. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  onelogin: 'OneLogin',
  generic: 'Your provider',
}

/** Where the provider is to push, as far as it is known. */
export interface Place {
  /** The SCIM address, such as `https://scim.example.com/scim/v2`; no slash at the end. */
  readonly base: string
  /** Id of the connection in rollcall.yaml. */
  readonly connection: string
  /** Apps that get accounts for its people. */
  readonly apps: readonly string[]
}

/** Markdown of one line: `code` and *emphasis* only. */
export type Line = string

export type Block =
  | { readonly kind: 'text'; readonly text: Line }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | Table

export interface Step {
  readonly say: Line
  /** What goes into which field of the console. */
  readonly fields?: readonly (readonly [field: Line, value: Line])[]
  /** To be pasted as it is. */
  readonly paste?: string
}

export interface Table {
  readonly kind: 'table'
  readonly heading: readonly string[]
  readonly rows: readonly (readonly Line[])[]
}

export interface Part {
  readonly title: string
  readonly blocks: readonly Block[]
}

export interface Guide {
  readonly provider: Provider
  readonly title: string
  readonly intro: Line
  readonly parts: readonly Part[]
}

export const text = (line: Line): Block => ({ kind: 'text', text: line })
export const list = (...items: Line[]): Block => ({ kind: 'list', items })
export const steps = (...all: Step[]): Block => ({ kind: 'steps', steps: all })
export const table = (heading: readonly string[], rows: readonly (readonly Line[])[]): Table => ({
  kind: 'table',
  heading,
  rows,
})

/** Marks what no vendor has written down: it follows from reports or samples. */
export const inferred = (line: Line): Line => `Inferred: ${line}`
