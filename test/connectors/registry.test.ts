/** The hand-written list of connectors is the list on disk. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connectors, findConnector } from '../../src/connectors/registry.ts'

const folders = readdirSync(new URL('../../src/connectors/', import.meta.url), { withFileTypes: true })
  // What the connectors of SCIM servers share is none itself (docs/adr/0016).
  .filter((entry) => entry.isDirectory() && entry.name !== 'scim-wire')
  .map((entry) => entry.name)

describe('the registry of connectors', () => {
  it('names every folder, and nothing else', () => {
    expect(connectors.map(({ type }) => type).toSorted()).toEqual(folders.toSorted())
  })

  it('has a readme and an index in each folder', () => {
    for (const folder of folders) {
      const files = readdirSync(new URL(`../../src/connectors/${folder}/`, import.meta.url))
      expect(files, folder).toEqual(expect.arrayContaining(['index.ts', 'readme.md', 'map.ts']))
    }
  })

  it('finds a connector by its type and knows no others', () => {
    expect(findConnector('memory')?.type).toBe('memory')
    expect(findConnector('constructor')).toBeUndefined()
  })
})
