/** `rollcall policy show`: who gets an account in an app, and with what. Must not change it. */
import { policy as policySchema, policyVersionWhole, type PolicyVersionWhole } from '../../contract/policy.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION, numberOption } from '../command.ts'
import type { Io } from '../io.ts'
import { printable } from '../text.ts'

export const command = defineCommand({
  path: 'policy show',
  about: 'Show the policy of an app, as it was written',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [
    { flags: '--at <version>', about: 'one that was in force before, instead of the one that is' },
    JSON_OPTION,
  ],
  notes: ['What is printed can be put into a file and saved again: `rollcall policy save`.'],
  examples: ['rollcall policy show cxone-na1', 'rollcall policy show cxone-na1 --at 3 > policy.yaml'],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    version: numberOption(options, 'at', { least: 1, most: 999_999_999 }),
    json: options['json'] === true,
  }),
  run: async ({ app, version, json }, io) => {
    const client = openClient(io)
    if (version !== undefined) {
      const found = await client.get(path`/apps/${app}/policy/versions/${String(version)}`, policyVersionWhole)
      return io.out(json ? JSON.stringify(found, null, 2) : render(found, io))
    }
    const found = await client.get(path`/apps/${app}/policy`, policySchema)
    if (json) return io.out(JSON.stringify(found, null, 2))
    if (found.current === null)
      return io.out(`${app} has no policy: everybody gets an account there, by the standard mapping.`)
    io.out(render(found.current, io))
    if (found.problems.length > 0) {
      const why = found.problems.map((line) => `  ${printable(line)}`)
      io.err(io.colours.red(['It cannot be used any more; nobody but leavers is decided about:', ...why].join('\n')))
    }
    for (const line of found.warnings) io.err(io.colours.yellow(`Note: ${printable(line)}`))
    if (found.declared) io.err(io.colours.dim('rollcall.yaml says what it is; it cannot be saved otherwise.'))
  },
})

/** As comments of YAML, so that the whole is a policy still. */
function render({ app, version, savedAt, savedBy, current, text, document }: PolicyVersionWhole, io: Io): string {
  const state = current ? 'in force' : 'not in force any more'
  const heading = `# version ${version} of the policy of ${app}, ${state}; saved ${savedAt} by ${savedBy}`
  const written = text ?? JSON.stringify(document, null, 2)
  // A terminal is protected from what a text may hold; what goes into a file stays as it is.
  const lines = io.columns === undefined ? written : written.split('\n').map(harmless).join('\n')
  return `${io.colours.dim(heading)}\n${lines.trimEnd()}`
}

const harmless = (line: string): string =>
  line
    .replace(/\r$/, '')
    .split('\t')
    .map((part) => printable(part))
    .join('\t')
