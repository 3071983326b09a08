/**
 * What the demo says at its beginning and at its end.
 * Decides words only; must not decide whether all went well.
 */
import type { Check } from './check.ts'
import { figures } from './figures.ts'
import { shownPath } from './folder.ts'
import { paragraph } from './paragraph.ts'
import { SIZES } from './cast.ts'
import { APP, EU_APP, type Parts } from './parts.ts'
import type { Performance, PlayedAct } from './perform.ts'
import type { Terminal } from './progress.ts'
import { NAMES, PROVIDER_IDS } from './providers.ts'
import { PEOPLE_BEFORE, PEOPLE_IN_EU1 } from './story.ts'
import { table } from './table.ts'

const CAST: readonly (readonly [name: string, about: string])[] = [
  [NAMES.okta, `a simulated identity provider, the place where a company says who works there: ${SIZES.okta} people`],
  [NAMES.entra, `another, of a second company: ${SIZES.entra} people, pushed in cycles`],
  [NAMES.onelogin, `a third: ${SIZES.onelogin} people`],
  ['Rollcall', 'the product: takes what they say over SCIM, and sees to it that CXone follows'],
  ['CXone', `a simulated contact centre with ${PEOPLE_BEFORE} people, which has an API for users but no SCIM`],
  ['', `and a second business unit of it in another region, eu1, with ${PEOPLE_IN_EU1} people`],
]

/** Who is who. */
export function opening({ colours, columns }: Terminal): string {
  const lines = CAST.flatMap(([name, about]) => paragraph(`  ${name.padEnd(10)}`, about, columns))
  const heading = colours.bold('Rollcall: from a SCIM push to a working CXone agent')
  const plot =
    "Three companies share one CXone. Some of their people are agents there already, one has an account that is not to be touched, one is in two providers, and one gets a name that was somebody else's. CXone slows down, and goes down. Then Okta's company spreads over two regions, a policy says who works where, and one of them moves. In the end everything is counted. All of it happens on this machine."
  return ['', heading, '', ...lines, '', ...paragraph('', plot, columns), '', ''].join('\n')
}

/** Table, figures and verdict. */
export function result(performance: Performance, terminal: Terminal): string {
  const { colours, columns } = terminal
  const numbers = figures(performance).flatMap((sentence) => paragraph('  ', sentence, columns))
  const printed = performance.acts.flatMap((act) => (act.printed === undefined ? [] : excerpt(act.printed, terminal)))
  return ['', table(performance.acts, terminal), ...printed, ...numbers, '', verdict(performance, colours), ''].join(
    '\n',
  )
}

/** What is too long goes on under the second column of it. */
function column(line: string, columns: number): readonly string[] {
  const [, head = '', text = ''] = /^(\s*(?:\S+ {2,})?)(.*)$/.exec(line) ?? []
  return text === '' ? [''] : paragraph(`  ${head}`, text, columns)
}

const excerpt = (
  { command, lines }: NonNullable<PlayedAct['printed']>,
  { colours, columns }: Terminal,
): readonly string[] => [`  ${colours.bold(`$ ${command}`)}`, ...lines.flatMap((line) => column(line, columns)), '']

export const failedChecks = ({ acts }: Performance): readonly { readonly title: string; readonly check: Check }[] =>
  acts.flatMap(({ title, checks }) => checks.filter(({ ok }) => !ok).map((check) => ({ title, check })))

function verdict(performance: Performance, colours: Terminal['colours']): string {
  const failed = failedChecks(performance)
  const all = performance.acts.reduce((sum, { checks }) => sum + checks.length, 0)
  if (failed.length === 0) return colours.green(`✓ All ${all} expectations held.`)
  const lines = failed.map(({ title, check }) => colours.red(`  ✗ ${title}: ${check.what}`))
  return [colours.red(`✗ ${failed.length} of ${all} expectations did not hold:`), ...lines].join('\n')
}

/** Where to look when something did not hold and the parts are about to be stopped. */
export function lookDeeper({ folder }: Parts, { scenes }: Performance, { colours, columns }: Terminal): string {
  const last = scenes.at(-1)
  const items = [...(last?.rollcall.app.openItems ?? []), ...(last?.eu1.app.openItems ?? [])]
  const obstacles = items.flatMap(({ kind, waiting, fix }) =>
    paragraph(`    ${kind}  `, `${waiting} wait. ${fix}`, columns),
  )
  return [
    '',
    colours.bold('To look deeper'),
    ...(obstacles.length === 0 ? [] : ['  What Rollcall says stands in its way:', ...obstacles]),
    '  The same again without --exit: then everything stays up, and it says how to ask it.',
    `  Logs: ${shownPath(folder.file('rollcall.log'))} cxone.log and cxone-eu1.log beside it, until the next start.`,
    '',
    '',
  ].join('\n')
}

/** Addresses and commands, for as long as the parts are up. */
export function invitation(
  { rollcall, cxone, eu1, folder }: Parts,
  { cast }: Performance,
  { colours }: Pick<Terminal, 'colours'>,
): string {
  const { bold, dim } = colours
  const outage = '{"faults":[{"match":{},"seconds":30,"effect":{"drop":true}}]}'
  return [
    '',
    bold('Everything is still up.'),
    `  SCIM address   ${rollcall.scim}${dim(', one for all; the token says who pushes:')}`,
    ...PROVIDER_IDS.map((id) => `  ${`  for ${NAMES[id]}`.padEnd(14)} ${rollcall.scimTokens[id]}`),
    `  admin API      ${rollcall.address}/api/v1 ${dim(`(described at ${rollcall.address}/api/openapi.json)`)}`,
    `  CXone control  ${cxone.control}/state`,
    `    of eu1       ${eu1.control}/state`,
    `  configuration  ${shownPath(rollcall.configPath)}`,
    `  logs           ${shownPath(folder.file('rollcall.log'))}`,
    '',
    bold('To try in another terminal, in this folder:'),
    `  export ROLLCALL_URL=${rollcall.address} ROLLCALL_API_KEY=${rollcall.apiKey}`,
    `  npm exec -- rollcall app show ${APP}`,
    `  npm exec -- rollcall delivery list --app ${APP}`,
    `  npm exec -- rollcall link list --app ${APP} --state disputed`,
    `  npm exec -- rollcall person show ${cast.supervisor.userName}`,
    `  npm exec -- rollcall policy test ${cast.regions.mover.from.person.userName} --app ${EU_APP}`,
    `  npm exec -- rollcall scim log --connection entra`,
    '',
    `  ${dim('# five more people, as another Okta would push them')}`,
    `  npm exec -- rollcall-sim idp okta --base ${rollcall.scim} --token ${rollcall.scimTokens.okta} --users 5 --seed 7`,
    '',
    `  ${dim('# another outage of CXone, 30 s')}`,
    `  curl -s ${cxone.control}/faults -H 'content-type: application/json' -d '${outage}'`,
    '',
    dim('Ctrl-C stops everything and removes its files.'),
    '',
  ].join('\n')
}
