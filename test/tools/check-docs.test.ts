import { Command } from 'commander'
import { expect, test } from 'vitest'
import { checkDocs, faultsOf, type Facts } from '../../tools/check-docs.ts'
import { temporaryTree } from './temporary-tree.ts'

const program = (): Command => {
  const rollcall = new Command('rollcall').option('--json', 'JSON')
  const person = rollcall.command('person')
  person.command('show').argument('<user>').option('--connection <id>', 'connection')
  rollcall.command('serve').option('--config <file>', 'file').option('--port <n>', 'port')
  return rollcall
}

const facts = (): Facts => ({
  root: temporaryTree({
    'package.json': '{}',
    'src/store/users.ts': '',
    'docs/guide.md': '# Guide\n\n## First steps, quickly\n',
    'sim/cxone/main.ts': 'options: { port: 1, seed: 2 }',
  }),
  scripts: new Set(['demo', 'test']),
  bins: new Set(['rollcall', 'rollcall-sim']),
  program: program(),
})

const told = (text: string): readonly string[] => faultsOf(facts(), 'docs/a.md', text)

test.each([
  ['`src/store/nobody.ts`', 'names src/store/nobody.ts'],
  ['`store/nobody`', 'names store/nobody'],
  ['`docs/*.txt`', 'names docs/*.txt'],
  ['`tsconfig.other.json`', 'names tsconfig.other.json'],
  ['```sh\nnode src/store/nobody.ts --port 1\n```', 'names src/store/nobody.ts'],
  ['[x](nowhere.md)', 'links to nowhere.md'],
  ['[x](guide.md#last-steps)', 'no such heading'],
  ['`npm run release`', 'npm run release'],
  ['`npm start`', 'npm run start'],
  ['```\n$ PORT=1 npm run release -- --fast\n```', 'npm run release'],
  ['`rollcall persons show anna`', 'there is no command `rollcall persons`'],
  ['`rollcall person list`', 'there is no command `person list`'],
  ['`rollcall person show anna --app x`', 'no option --app'],
  ['```sh\nnpm exec -- rollcall serve \\\n  --config a.yaml --prot 1\n```', 'no option --prot'],
  ['`npx rollcall srve`', 'there is no command `rollcall srve`'],
  ['`rollcall-verify FILE`', 'the command rollcall-verify'],
  ['`rollcall-sim salesforce --port 1`', 'no simulator sim/salesforce'],
  ['`rollcall-sim cxone --speed 1`', 'the option --speed'],
])('%s names something that does not exist', (text, said) => {
  expect(told(text)).toEqual([expect.stringContaining(said)])
})

test.each([
  ['`src/store/users.ts`, `src/store/` and `store/users` (`src/store/users.ts:12`).'],
  ['`src/store/*.ts`, `src/<noun>/<verb>.ts`, `src/…`, `/scim/v2/Users`, `application/json`'],
  [
    '[x](guide.md#first-steps-quickly) [y](../src/store/users.ts) [z](https://example.com/none) [self](#here)\n\n# Here',
  ],
  ['```ts\nimport x from "src/store/nobody.ts"\n```'],
  ['`npm run demo -- --exit`, `npm test`, `npm run X`'],
  ['`rollcall`, `rollcall person show USERNAME [--connection C] --json`, `rollcall.yaml`'],
  ['```sh\nnpm exec -- rollcall serve --config ./a.yaml --port 80   # rollcall nothing\nrollcall --help | less\n```'],
  ['`rollcall-sim cxone --port 1 --seed 2`'],
])('%s names only what exists, or what stands for something else', (text) => {
  const given = facts()
  expect(faultsOf(given, 'docs/a.md', text.includes('#here') ? text.replace('[self](#here)', '') : text)).toEqual([])
})

test('a finding says the document and the line', () => {
  expect(told('one\n\nsee `src/nobody.ts`')).toEqual([expect.stringMatching(/^docs\/a\.md:3: /)])
})

test('the documents of the whole tree are read, and bins must point at files', async () => {
  const bad = 'see `src/nobody.ts`\n'
  const root = temporaryTree({
    'package.json': JSON.stringify({ bin: { rollcall: 'bin/rollcall.js' } }),
    'README.md': bad,
    'CONTRIBUTING.md': bad,
    'docs/adr/0001-a.md': bad,
    'src/connectors/cxone/readme.md': bad,
    'sim/cxone/README.md': bad,
    'test/notes.md': bad,
  })
  const { findings } = await checkDocs(root)
  expect(findings.map((it) => it.split(':')[0])).toEqual([
    'CONTRIBUTING.md',
    'README.md',
    'docs/adr/0001-a.md',
    'sim/cxone/README.md',
    'src/connectors/cxone/readme.md',
    'package.json',
  ])
})

test('the commands come from src/cli/program.ts, and a command line without it is a finding', async () => {
  const base = { 'package.json': '{"bin":{"rollcall":"src/cli/program.ts"}}', 'README.md': '`rollcall nothing`\n' }
  const text = "export const buildProgram = () => ({ name: () => 'rollcall', aliases: () => [], options: [], commands: [{ name: () => 'serve', aliases: () => [], options: [], commands: [] }] })\n" // prettier-ignore
  const withProgram = await checkDocs(temporaryTree({ ...base, 'src/cli/program.ts': text }))
  expect(withProgram.findings).toEqual([expect.stringContaining('there is no command `rollcall nothing`')])
  const without = await checkDocs(
    temporaryTree({ ...base, 'package.json': '{}', 'README.md': '', 'src/cli/serve.ts': '' }),
  )
  expect(without.findings).toEqual([expect.stringContaining('buildProgram')])
})
