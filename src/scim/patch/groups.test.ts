import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../json.ts'
import { parseResource } from '../resource.ts'
import { GROUP } from '../schema/resource-type.ts'
import { applyPatch } from './apply.ts'
import { refusalOf } from './mia.fixture.ts'
import { parsePatch } from './parse.ts'

const group = (...ids: string[]) =>
  parseResource(GROUP, { displayName: 'Sales', members: ids.map((value) => ({ value })) }, { mode: 'create' })

const after = (ids: readonly string[], operations: readonly unknown[]): JsonValue =>
  applyPatch(group(...ids), parsePatch({ Operations: operations }, GROUP), { type: GROUP, id: 'g1' }).document

describe('a PATCH of a group', () => {
  it.each([
    ['T3', { op: 'Remove', path: 'members', value: [{ $ref: null, value: 'u1' }] }, group('u2')],
    [
      'T4, T15',
      { op: 'replace', value: { id: 'g1', displayName: 'Support' } },
      { displayName: 'Support', members: group('u1', 'u2')['members'] },
    ],
    ['T16', { op: 'add', path: 'members', value: [{ value: 'u2' }, { value: 'u3' }] }, group('u1', 'u2', 'u3')],
    ['T17', { op: 'remove', path: 'members[value eq "u9"]' }, group('u1', 'u2')],
    ['T18', { op: 'add', path: 'members', value: [{ $ref: null, value: 'u3' }] }, group('u1', 'u2', 'u3')],
    ['T19', { op: 'replace', path: 'members', value: [] }, group()],
    ['T19', { op: 'replace', value: { members: [] } }, group()],
    ['T36', { op: 'add', path: 'members', value: 'u3' }, group('u1', 'u2', 'u3')],
    ['RFC', { op: 'remove', path: 'members[value eq "u1"]' }, group('u2')],
    ['RFC', { op: 'remove', path: 'members' }, group()],
    ['nothing listed', { op: 'remove', path: 'members', value: [] }, group('u1', 'u2')],
    ['nothing added', { op: 'add', path: 'members', value: [] }, group('u1', 'u2')],
  ] as const)('does what %s says, %#', (_, operation, expected) => {
    expect(after(['u1', 'u2'], [operation])).toStrictEqual(expected)
  })

  it('adds and removes one member in one request, in order (T34)', () => {
    const add = { op: 'add', path: 'members', value: [{ value: 'u9' }] }
    const remove = { op: 'remove', path: 'members[value eq "u9"]' }
    expect(after(['u1'], [add, remove])).toStrictEqual(group('u1'))
    expect(after(['u1'], [remove, add])).toStrictEqual(group('u1', 'u9'))
  })

  it('cannot make another member of a member', () => {
    const operation = { op: 'replace', path: 'members[value eq "u1"].value', value: 'u2' }
    expect(refusalOf(() => after(['u1'], [operation]))).toMatchObject({ status: 400, scimType: 'mutability' })
  })
})
