/** The configurations that the README and the guide show are taken by the product as they stand. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileDeclared } from '../../src/app/policies.ts'
import { loadConfig, type Config } from '../../src/config.ts'
import { connectors } from '../../src/connectors/registry.ts'
import { fences, variablesSet } from './fences.ts'

const root = new URL('../../', import.meta.url)
const definitions = new Map(connectors.map((definition) => [definition.type, definition]))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-docs-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Loads a block as `rollcall serve` would, for somebody who has set what the document says, and nothing else. */
async function load(block: string, variables: ReadonlySet<string>): Promise<Config> {
  const path = join(folder, 'rollcall.yaml')
  await writeFile(path, block)
  const env = Object.fromEntries([...variables].map((name, at) => [name, `${at}`.padEnd(32, 'x')]))
  return loadConfig({ path, env, definitions, compile: compileDeclared })
}

describe.each(['README.md', 'docs/guide/first-connection.md'])('the configuration in %s', (document) => {
  let markdown = ''
  beforeAll(async () => {
    markdown = await readFile(new URL(document, root), 'utf8')
  })

  test('is taken without a warning in the environment that the document sets', async () => {
    const blocks = fences(markdown, 'yaml')
    expect(blocks.length).toBeGreaterThan(0)
    for (const block of blocks) expect((await load(block, variablesSet(markdown))).warnings).toEqual([])
  })

  test('brings people from Okta into the app that the commands of the document name', async () => {
    for (const block of fences(markdown, 'yaml')) {
      const [tenant] = (await load(block, variablesSet(markdown))).tenants
      expect(tenant?.apiKeys.map(({ role }) => role)).toEqual(['operator'])
      expect(tenant?.connections).toMatchObject([{ id: 'okta', profile: 'okta', delivery: 'confirm' }])
      expect(tenant?.apps).toMatchObject([{ id: tenant?.connections[0]?.apps[0], type: 'cxone', mode: undefined }])
      expect(markdown).toContain(`rollcall app show ${tenant?.apps[0]?.id}`)
      expect(markdown).toContain(`rollcall scim log --connection ${tenant?.connections[0]?.id}`)
    }
  })

  test('is refused as soon as one of those variables is missing', async () => {
    for (const block of fences(markdown, 'yaml')) {
      const named = [...block.matchAll(/env: ([A-Z_]+)/g)].map(([, name = '']) => name)
      expect(named).toHaveLength(4)
      for (const missing of named) {
        const others = new Set([...variablesSet(markdown)].filter((name) => name !== missing))
        await expect(load(block, others)).rejects.toThrow(`the environment variable ${missing} is not set`)
      }
    }
  })
})
