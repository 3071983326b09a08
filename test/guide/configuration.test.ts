import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileDeclared } from '../../src/app/policies.ts'
import { loadConfig } from '../../src/config.ts'
import { connectors } from '../../src/connectors/registry.ts'
import { configurationGuide } from './configuration.ts'

const root = new URL('../../', import.meta.url)

test('docs/guide/configuration.md is what the schemas say (npm test -- test/guide -u writes it anew)', async () => {
  await expect(configurationGuide(connectors)).toMatchFileSnapshot(
    new URL('docs/guide/configuration.md', root).pathname,
  )
})

test('examples/rollcall.yaml can be used as it is, once its variables are set', async () => {
  const path = new URL('examples/rollcall.yaml', root).pathname
  const text = await readFile(path, 'utf8')
  const names = [...text.matchAll(/env: ([A-Z_]+)/g)].map(([, name = '']) => name)
  const env = Object.fromEntries(names.map((name) => [name, `${name.toLowerCase()}-of-good-length`]))
  const config = await loadConfig({
    path,
    env,
    compile: compileDeclared,
    definitions: new Map(connectors.map((definition) => [definition.type, definition])),
  })
  expect(config.warnings).toEqual([])
  expect(config.tenants.map(({ id, connections, apps }) => [id, connections.length, apps.length])).toEqual([
    ['acme', 1, 1],
  ])
})
