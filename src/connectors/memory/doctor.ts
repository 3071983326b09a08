/**
 * The doctor of the memory directory: whether it answers, and whether it has what new accounts get.
 * Decides what is looked at; must not change anything.
 */
import { ConnectorError, type CatalogueEntry, type EntryKind } from '../contract.ts'
import type { Examination, Finding, Tell } from '../doctor.ts'

interface Examined {
  /** Throws {@link ConnectorError}. */
  readonly entries: (kind: EntryKind) => readonly CatalogueEntry[]
  readonly defaults: Readonly<Partial<Record<'role' | 'team', string | undefined>>>
}

export async function examine({ entries, defaults }: Examined, tell: Tell): Promise<Examination> {
  const findings: Finding[] = []
  const note = async (finding: Finding): Promise<void> => {
    findings.push(finding)
    await tell(finding)
  }
  const trouble = refusalOf(() => entries('role'))
  await note(
    trouble === undefined
      ? well('address', 'The directory answers.')
      : { ...not('address', trouble), status: 'blocked', blocks: 'Everything.', fix: 'Wait until it answers again.' },
  )
  for (const kind of ['role', 'team'] as const) {
    const named = defaults[kind]
    if (named === undefined) continue
    if (trouble !== undefined) {
      await note({ ...not(kind, 'Not checked, since the directory does not answer.'), status: 'unknown' })
      continue
    }
    const found = entries(kind).find(({ id, name }) => id === named || name.toLowerCase() === named.toLowerCase())
    await note(
      found?.active === true
        ? well(kind, `The ${kind} ${named} is there.`)
        : not(kind, `There is no ${kind} ${named} that is active.`),
    )
  }
  return { findings, calls: findings.length, shapes: {} }
}

function refusalOf(call: () => unknown): string | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof ConnectorError) return error.refusal.detail
    throw error
  }
}

const well = (check: string, found: string): Finding => ({
  check,
  status: 'ok',
  needed: true,
  found,
  blocks: null,
  fix: null,
})

const not = (check: string, found: string): Finding => ({
  check,
  status: 'missing',
  needed: true,
  found,
  blocks: 'Creating accounts.',
  fix: `Name one that is there under defaults of this app in rollcall.yaml, and start Rollcall again.`,
})
