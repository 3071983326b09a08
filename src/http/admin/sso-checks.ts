/**
 * What the admin API is given of single sign-on by the composition root.
 * Decides the shape only.
 */
import type { SignOnCheck, SignOnChecked, SignOnGiven, SignOnGuide } from '../../contract/sso.ts'

interface AppKey {
  readonly tenant: string
  readonly app: string
}

/** `none`: apps of this type have no such sign-on. Undefined: the app is not open in this process. */
export type SignOnAnswer<T> = T | 'none' | undefined

export interface SignOnChecks {
  /** `base`: what addresses of ours begin with. Asks the app where its people sign in. */
  guide(
    key: AppKey,
    asked: Pick<SignOnGuide, 'idp' | 'protocol'> & { readonly base: string },
  ): Promise<SignOnAnswer<SignOnGuide | { readonly trouble: string }>>
  /** Keeps nothing. */
  check(key: AppKey, asked: SignOnCheck): Promise<SignOnAnswer<SignOnChecked>>
  /** Checks, and keeps what can be used. */
  give(key: AppKey, given: SignOnGiven & { readonly actor: string }): Promise<SignOnAnswer<SignOnChecked>>
}
