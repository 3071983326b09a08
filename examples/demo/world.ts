/**
 * What an act is, and what it can do and see.
 * Types only; must not play or judge anything.
 */
import type { Outcome } from '../../sim/idp/beliefs.ts'
import type { Person } from '../../sim/idp/people.ts'
import type { Provider } from '../../sim/idp/provider.ts'
import type { Cast } from './cast.ts'
import type { Around, Check } from './check.ts'
import type { Groups, ProviderId, Providers } from './providers.ts'
import type { Standing, Window } from './scene.ts'

/** What an act can do. */
export interface World {
  readonly cast: Cast
  readonly providers: Providers
  readonly window: Window
  readonly outageSeconds: number
  readonly signal: AbortSignal
  /** A provider does something; what it cannot live with is written down. */
  hear(from: ProviderId, who: string, act: () => Promise<Outcome>): Promise<void>
  /**
   * Each provider does the same for its people, some at once; Entra notes it all and then plays one cycle. Resolves when
   * each has its answer.
   */
  push(groups: Groups, act: (provider: Provider, person: Person) => Promise<Outcome>): Promise<void>
  /** Waits until Rollcall has nothing left to do by itself, within the patience of the demo. */
  settle(): Promise<void>
  /** Waits until it is so, within the patience of the demo. */
  until(what: string, isSo: (standing: Standing) => boolean): Promise<void>
  /** What is going on, in a few words. */
  tell(text: string): void
  /** `rollcall` with these words, as somebody would type it; what it prints. Throws where it fails. */
  command(...words: readonly string[]): Promise<string>
}

/** What an act has seen that nobody can see afterwards. */
export type Seen = Pick<Around, 'during' | 'backAt' | 'differences' | 'difference' | 'tested'> & {
  /** What a command printed, to be shown after the table. */
  readonly printed?: { readonly command: string; readonly lines: readonly string[] }
}

export interface Act {
  /** Heading in the table. */
  readonly title: string
  /** What happens, in a sentence or three. */
  readonly sentence: (cast: Cast, settings: { readonly outageSeconds: number }) => string
  readonly play: (world: World) => Promise<Seen | undefined>
  readonly checks: (around: Around) => readonly Check[]
}
