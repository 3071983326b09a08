/**
 * `npm run check`: every check but the tests, one after the other, all of them even if one fails.
 * Decides their order and how their findings are told; must not look into files itself.
 *
 * `npm run check -- lint imports` runs only the checks whose names begin so.
 */
import { fileURLToPath } from 'node:url'
import { runNode } from './child.ts'
import { checkDocs } from './check-docs.ts'
import { checkFiles } from './check-files.ts'
import { checkImports } from './check-imports.ts'
import { checkLicences } from './check-licences.ts'
import { checkPurity } from './check-purity.ts'
import { checkSecrets } from './check-secrets.ts'
import type { Check, Verdict } from './verdict.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A program of its own: passed if it exits with 0, its output are the findings. */
const program =
  (script: string, ...args: string[]) =>
  async (): Promise<Verdict> => {
    const { code, output } = await runNode(root, [script, ...args])
    return {
      findings: code === 0 ? [] : [output.trimEnd() || `${script} ended with ${code} and said nothing`],
      notes: [],
    }
  }

const tsc = 'node_modules/typescript-7/bin/tsc'

const checks: readonly Check[] = [
  { name: 'types', run: program(tsc, '--pretty', 'false', '-p', 'tsconfig.json') },
  { name: 'pure types', run: program(tsc, '--pretty', 'false', '-p', 'tsconfig.pure.json') },
  { name: 'lint', run: program('node_modules/oxlint/bin/oxlint', '--deny-warnings') },
  { name: 'format', run: program('node_modules/oxfmt/bin/oxfmt', '--check') },
  { name: 'purity', run: checkPurity },
  { name: 'imports', run: checkImports },
  { name: 'files', run: checkFiles },
  { name: 'docs', run: checkDocs },
  { name: 'licences', run: checkLicences },
  { name: 'secrets', run: checkSecrets },
]

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`

const runOne = async (check: Check): Promise<Verdict> => {
  try {
    return await check.run(root)
  } catch (cause) {
    return {
      findings: [`the check itself broke: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`],
      notes: [],
    }
  }
}

const main = async (wanted: readonly string[]): Promise<number> => {
  const chosen = checks.filter(({ name }) => wanted.length === 0 || wanted.some((it) => name.startsWith(it)))
  if (chosen.length === 0) {
    console.error(`No check is called ${wanted.join(' or ')}. There are: ${checks.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  const start = Date.now()
  const failed: { name: string; findings: readonly string[] }[] = []
  for (const check of chosen) {
    const since = Date.now()
    const { findings, notes } = await runOne(check)
    if (findings.length > 0) failed.push({ name: check.name, findings })
    console.log(`${findings.length === 0 ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(12)} ${seconds(since)}`)
    for (const note of notes) console.log(`        note: ${note}`)
  }
  for (const { name, findings } of failed) console.log(`\n== ${name} ==\n${findings.join('\n')}`)
  const sum =
    failed.length === 0 ? `All ${chosen.length} checks passed` : `${failed.length} of ${chosen.length} checks failed`
  console.log(
    `\n${sum} in ${seconds(start)}${failed.length === 0 ? '' : `: ${failed.map(({ name }) => name).join(', ')}`}.`,
  )
  return failed.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
