/** docs/conformance.md against the tests it names. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/conformance.md', ROOT), 'utf8')
const named = page.matchAll(/`((?:src|test)\/[\w./-]+)`(?: "([^"]+)")?/g)

test('every test that the page of conformance names is there, under the words it is named by', () => {
  const missing: string[] = []
  let count = 0
  for (const [, path = '', words] of named) {
    if (path.endsWith('/')) continue
    count += 1
    // Fails by itself where the file is not there.
    const source = readFileSync(new URL(path, ROOT), 'utf8')
    if (words !== undefined && !source.includes(words)) missing.push(`${path}: ${words}`)
  }
  expect(missing).toEqual([])
  expect(count).toBeGreaterThan(100)
})

test('no row is without a test', () => {
  const rows = page
    .slice(0, page.indexOf('## Where we do otherwise'))
    .split('\n')
    .filter((line) => /^\| [\d(]/.test(line))
  expect(rows.length).toBeGreaterThan(70)
  expect(rows.filter((row) => !/\| `(src|test)\/[^|]*\|$/.test(row))).toEqual([])
})
