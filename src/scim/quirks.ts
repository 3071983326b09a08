/**
 * What is forgiven to whom: the provider profiles as rows, and the names of all tolerances.
 * Decides no reading itself: whoever reads the input asks here; must not read input.
 */
/**
 * What was forgiven. `T1` to `T36` are the rows of the tolerance list for provider traffic (facts on providers, section 10);
 * the words are decisions of ours that a reader of `scim log` should see.
 */
export type NoteCode = `T${number}` | 'password-discarded' | 'kept' | 'trimmed' | 'empty-element' | 'scim-1.1'

/** Hears what was forgiven while reading. Called for the record only: it must not throw or change the outcome. */
export type TakeNote = (code: NoteCode, detail: string) => void

/** What is forgiven to one provider and to no other. Everything else is forgiven to all or to none. */
export interface Quirks {
  /** A PATCH path that names no attribute: refused (invalidPath), or passed over as POST and PUT do (T30). */
  readonly unknownPatchPath: 'refuse' | 'ignore'
  /** A PUT without an extension's data: RFC 7644 section 3.5.1 clears it; free templates simply never had it. */
  readonly absentExtensionOnPut: 'clear' | 'keep'
  /** Blanks around text: kept as sent, or cut off. */
  readonly text: 'as sent' | 'trimmed'
  /** A replace whose filter picks no element: refused (RFC 7644 section 3.5.2.3), or the element is made (T7). */
  readonly unmatchedFilter: 'refuse' | 'create'
  /** Members that a group names and nobody is (T35): refused, or passed over, since a provider would give up the push. */
  readonly unknownMembers: 'refuse' | 'skip'
  /** A PATCH without Operations: refused, or read as SCIM 1.1 has it, a resource in part (facts 3.3 #11). */
  readonly partialPatch: 'refuse' | 'scim 1.1'
}

export type Profile = 'okta' | 'entra' | 'onelogin' | 'generic'

export const QUIRKS = {
  generic: {
    unknownPatchPath: 'refuse',
    absentExtensionOnPut: 'clear',
    text: 'as sent',
    unmatchedFilter: 'refuse',
    unknownMembers: 'refuse',
    partialPatch: 'refuse',
  },
  okta: {
    unknownPatchPath: 'ignore',
    absentExtensionOnPut: 'clear',
    text: 'as sent',
    unmatchedFilter: 'create',
    unknownMembers: 'skip',
    partialPatch: 'refuse',
  },
  // Entra compares what it reads with what it sent and repeats the update for ever when a blank is gone.
  entra: {
    unknownPatchPath: 'ignore',
    absentExtensionOnPut: 'clear',
    text: 'as sent',
    unmatchedFilter: 'create',
    unknownMembers: 'skip',
    partialPatch: 'refuse',
  },
  onelogin: {
    unknownPatchPath: 'ignore',
    absentExtensionOnPut: 'keep',
    text: 'trimmed',
    unmatchedFilter: 'create',
    unknownMembers: 'skip',
    partialPatch: 'scim 1.1',
  },
} as const satisfies Record<Profile, Quirks>

/** How to read one request: for whom, and who hears of what was forgiven. */
export interface Reading {
  readonly quirks: Quirks
  readonly note: TakeNote
}

/** What callers pass: both parts may be left out. */
export interface ReadingOptions {
  readonly quirks?: Quirks | undefined
  readonly note?: TakeNote | undefined
}

export function readingOf(options: ReadingOptions): Reading {
  return { quirks: options.quirks ?? QUIRKS.generic, note: options.note ?? unheard }
}

export function unheard(): void {}
