/**
 * What must hold of the readers whatever they are given: a result or a ScimError, and nothing else changed.
 * Must not say which of the two; the tables beside the readers do.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { ScimError } from '../../src/scim/errors.ts'
import { evaluate } from '../../src/scim/filter/evaluate.ts'
import { parseFilter, parsePath } from '../../src/scim/filter/parse.ts'
import { printFilter, printPath } from '../../src/scim/filter/print.ts'
import { parseListQuery, searchParameters } from '../../src/scim/list-query.ts'
import { applyPatch } from '../../src/scim/patch/apply.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { orderBulk, parseBulk, withIds } from '../../src/scim/bulk.ts'
import { QUIRKS, type Profile } from '../../src/scim/quirks.ts'
import { parseResource, parseUser } from '../../src/scim/resource.ts'
import { GROUP, USER } from '../../src/scim/schema/resource-type.ts'
import { documentSoup, grammarSoup, patchSoup } from './soup.ts'

/** What `read` makes of it; undefined where it is refused. Anything thrown that is no ScimError fails the test. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    expect(error.detail.length).toBeLessThan(1_500)
    expect(error.detail.isWellFormed()).toBe(true)
    return undefined
  }
}

const types = fc.constantFrom(USER, GROUP)
const profiles = fc.constantFrom(...(Object.keys(QUIRKS) as Profile[]))
const mia = parseUser({ userName: 'mia', emails: [{ value: 'a', type: 'work' }], roles: ['x'] }, { mode: 'create' })

/** What holds of each kind of input, tried `numRuns` times. Throws with the input that it does not hold of. */
export const READERS: Readonly<Record<string, (parameters: { numRuns: number }) => void>> = {
  'a filter': (parameters) =>
    fc.assert(
      fc.property(grammarSoup, types, (text, type) => {
        const filter = attempt(() => parseFilter(text, type))
        if (filter === undefined) return
        expect(parseFilter(printFilter(filter), type)).toEqual(filter)
        expect(typeof evaluate(filter, mia)).toBe('boolean')
      }),
      parameters,
    ),
  'a path': (parameters) =>
    fc.assert(
      fc.property(grammarSoup, types, (text, type) => {
        const path = attempt(() => parsePath(text, type))
        if (path !== undefined) expect(parsePath(printPath(path), type)).toEqual(path)
      }),
      parameters,
    ),
  'a PATCH': (parameters) =>
    fc.assert(
      fc.property(fc.oneof(patchSoup, documentSoup), profiles, (body, profile) => {
        const before = JSON.stringify(mia)
        attempt(() => applyPatch(mia, parsePatch(body, USER, { quirks: QUIRKS[profile] }), { type: USER, id: 'u1' }))
        expect(JSON.stringify(mia)).toBe(before)
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      parameters,
    ),
  'a resource': (parameters) =>
    fc.assert(
      fc.property(documentSoup, types, profiles, (body, type, profile) => {
        const document = attempt(() => parseResource(type, body, { mode: 'create', quirks: QUIRKS[profile] }))
        if (document !== undefined) expect(parseResource(type, document, { mode: 'create' })).toEqual(document)
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      parameters,
    ),
  'a search': (parameters) =>
    fc.assert(
      fc.property(documentSoup, types, (body, type) => {
        attempt(() => parseListQuery(searchParameters(body), type))
      }),
      parameters,
    ),
  'a bulk request': (parameters) =>
    fc.assert(
      fc.property(fc.oneof(documentSoup, fc.record({ Operations: fc.array(documentSoup) })), (body) => {
        attempt(() => {
          const { operations } = parseBulk(body)
          expect(orderBulk(operations).order).toHaveLength(operations.length)
          for (const { data } of operations) if (data !== undefined) attempt(() => withIds(data, new Map()))
        })
      }),
      parameters,
    ),
}
