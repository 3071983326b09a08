// Decides what can happen to a call under a chaos schedule: the table of strikes, and which of them fit which call. How
// often is chaos.ts, how it looks on the wire chaos-gate.ts.

/** What becomes of the work that was asked for. */
export type Work = 'done' | 'doneLater' | 'notDone'

/** What a call is, as far as strikes go by it. */
export interface CallTraits {
  /** It only asks. */
  readonly reads: boolean
  /** It carries an access token. */
  readonly signedIn: boolean
  /** It may be answered with what was so before the last write: facts 9.4 let searches and the ACD lag, reads by id not. */
  readonly mayLag: boolean
  /** It makes something whose name can be taken only once, so doing it late does no harm that is not noticed. */
  readonly creates: boolean
}

/** What is called, and about whom. */
export interface Asked extends CallTraits {
  /** Method and route pattern. */
  readonly call: string
  /** The subject by a name that is the same in every run; empty where there is none. */
  readonly alias: string
}

export interface StrikeRow {
  readonly work: Work
  /** How often it is chosen, beside the others. */
  readonly weight: number
  /** It comes in runs of up to three. */
  readonly storms?: true
  fits(call: CallTraits): boolean
  readonly says: string
}

const always = (): boolean => true

export const STRIKES = {
  slow: { work: 'done', weight: 2, fits: always, says: 'The call waits a little before it is looked at.' },
  spike: { work: 'done', weight: 1, fits: always, says: 'The call waits long before it is looked at.' },
  throttled: { work: 'notDone', weight: 2, storms: true, fits: always, says: '429 without Retry-After.' },
  throttledFor: { work: 'notDone', weight: 2, storms: true, fits: always, says: '429 with Retry-After.' },
  failing: { work: 'notDone', weight: 2, storms: true, fits: always, says: '500, 502, 503 or 504, as JSON or HTML.' },
  reset: { work: 'notDone', weight: 2, fits: always, says: 'The connection is cut before anything is done.' },
  cut: { work: 'done', weight: 2, fits: always, says: 'The connection is cut in the middle of the answer.' },
  garbled: { work: 'done', weight: 2, fits: always, says: 'The right status and half of the JSON, as if it were all.' },
  dripped: { work: 'done', weight: 1, fits: always, says: 'The answer comes in pieces, with waits between them.' },
  lost: { work: 'done', weight: 3, fits: always, says: 'The work is done; no answer comes, or 504.' },
  held: { work: 'done', weight: 1, fits: always, says: 'The work is done at once; the answer is held back.' },
  expired: { work: 'notDone', weight: 2, fits: ({ signedIn }) => signedIn, says: 'The token ends here: 401.' },
  late: {
    work: 'done',
    weight: 3,
    fits: ({ reads, mayLag }) => reads && mayLag,
    says: 'The read shows what was so before the last write of its subject.',
  },
  overtaken: {
    work: 'doneLater',
    weight: 2,
    fits: ({ creates }) => creates,
    says: 'The connection is cut, and the work is done a moment later all the same.',
  },
} as const satisfies Record<string, StrikeRow>

export type StrikeKind = keyof typeof STRIKES

export const STRIKE_KINDS = Object.keys(STRIKES) as StrikeKind[]

/** The strikes that fit, each as often as its weight. */
export function fitting(call: CallTraits): readonly StrikeKind[] {
  return STRIKE_KINDS.flatMap((kind) => {
    const row: StrikeRow = STRIKES[kind]
    return row.fits(call) ? Array.from({ length: row.weight }, () => kind) : []
  })
}

/** One strike, with everything about it that is left to chance. */
export interface Strike {
  readonly kind: StrikeKind
  readonly status?: number
  /** As HTML, the way a proxy answers. */
  readonly html?: true
  /** Seconds. */
  readonly retryAfter?: number
  readonly delayMs?: number
  /** Which part of the answer gets through, from 0 to 1. */
  readonly part?: number
}
