/**
 * What `rollcall app sso` prints for a person.
 * Decides layout and colour; must not know where it comes from.
 */
import type { LockOut, SignOnChecked, SignOnFinding, SignOnGuide } from '../../contract/sso.ts'
import type { Io } from '../io.ts'
import { table } from '../table.ts'
import { printable } from '../text.ts'

const SIDES = { provider: 'At the provider', cxone: 'In CXone', rollcall: 'Here' } as const

export function renderGuide(guide: SignOnGuide, io: Io): string {
  const { bold, yellow } = io.colours
  const trouble = guide.placeTrouble === null ? [] : [yellow(`As last known: ${printable(guide.placeTrouble)}`)]
  return [
    bold(`Single sign-on into ${guide.app} with ${guide.idp} (${guide.protocol})`),
    ...trouble,
    ...guide.steps.flatMap((step, at) => ['', ...stepLines(step, at + 1, io)]),
    '',
    ...watchedLines(guide.watched, io),
    '',
    `The ticket for the support of NICE: rollcall app sso ${guide.app} --idp ${guide.idp}${guide.protocol === 'oidc' ? ' --oidc' : ''} --ticket`,
  ].join('\n')
}

type Step = SignOnGuide['steps'][number]

function stepLines({ side, where, what, values }: Step, number: number, { colours }: Io): string[] {
  return [
    colours.bold(`${number}. ${SIDES[side]}: ${printable(where)}`),
    `   ${printable(what)}`,
    ...values.flatMap(({ field, value, certainty, why }) => {
      const mark = certainty === 'inferred' ? colours.yellow(' (inferred)') : ''
      const name = `   - ${printable(field)}${value === undefined ? '' : ':'}`
      const lines = [value === undefined ? name : `${name} ${colours.cyan(printable(value))}${mark}`]
      return why === '' ? lines : [...lines, colours.dim(`     ${printable(why)}`)]
    }),
  ]
}

function watchedLines({ certificates, metadataUrl, changes, why }: SignOnGuide['watched'], { colours }: Io): string[] {
  if (certificates.length === 0) return ['Nothing is watched yet: give --metadata or --certificate.']
  return [
    colours.bold('Watched'),
    ...certificates.map(({ subject, notAfter, daysLeft, fingerprint }) => {
      const line = `  ${printable(subject)}, until ${notAfter.slice(0, 10)} (${daysLeft} days), SHA-256 ${fingerprint.slice(0, 23)}…`
      return daysLeft <= 30 ? colours.red(line) : line
    }),
    ...(metadataUrl === null ? [] : [`  read again from ${printable(metadataUrl)}`]),
    ...(why === null ? [] : [colours.red(`  which failed the last time: ${printable(why)}`)]),
    ...changes.map((change) => colours.red(`  changed: ${printable(change)}`)),
  ]
}

export function renderChecked({ findings, values, kept }: SignOnChecked, io: Io): string {
  const fields = Object.entries(values).map(([field, value]) => `  ${printable(field)}: ${printable(value)}`)
  return [
    ...findings.flatMap((finding) => findingLines(finding, io)),
    ...(fields.length === 0 ? [] : ['', 'For CXone:', ...fields]),
    ...(kept ? ['', 'It is kept and watched; somebody is told 30, 14 and 3 days before a certificate ends.'] : []),
  ].join('\n')
}

function findingLines({ check, status, words, fix }: SignOnFinding, { colours }: Io): string[] {
  const paint = { ok: colours.green, wrong: colours.red, doubtful: colours.yellow, unknown: colours.dim }[status]
  const first = `${paint(status.padEnd(8))}  ${check}: ${printable(words)}`
  return fix === undefined ? [first] : [first, `          ${printable(fix)}`]
}

export function renderLockOut(app: string, found: LockOut, io: Io): string {
  const { verdict, why, accounts, totals, lockedOut, more } = found
  if (verdict === 'unreachable') return `${app} could not be read, so nothing is known.`
  const partial = verdict === 'partial' ? ` Not all were seen: ${printable(why ?? '')}` : ''
  if (totals.length === 0) return `All ${accounts} accounts of ${app} could sign in through the provider.${partial}`
  return [
    `Of ${accounts} accounts of ${app}:${partial}`,
    ...totals.map(({ reason, count, fix }) => `  ${io.colours.bold(String(count))} ${reason}: ${fix}`),
    '',
    ...table(
      lockedOut,
      [
        { title: 'USER NAME', value: (row) => row.userName },
        { title: 'REASON', value: (row) => row.reason },
        { title: 'WHY', value: (row) => row.why, flexible: true },
      ],
      io,
    ),
    ...(more === 0 ? [] : [`and ${more} more`]),
  ].join('\n')
}
