import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUIRKS, type NoteCode } from '../quirks.ts'
import { refusalOf } from './mia.fixture.ts'
import { parseGroupPatch, type GroupPatch } from './members.ts'

const parsed = (...Operations: object[]): GroupPatch => parseGroupPatch({ Operations })

/** Members after the changes; filters over more than ids are not in these tests. */
function after(members: readonly string[], { members: changes }: GroupPatch): string[] {
  const present = new Set(members)
  for (const { whole, add, remove } of changes) {
    if (whole) present.clear()
    for (const id of remove) present.delete(id)
    for (const id of add) present.add(id)
  }
  return [...present].toSorted()
}

const afterOne = (operation: object): string[] => after(['u1', 'u2'], parsed(operation))

describe('the PATCH of a group', () => {
  it.each([
    ['adds a list (1.3 #15)', { op: 'add', path: 'members', value: [{ value: 'u3', display: 'kim' }] }, 'u1 u2 u3'],
    ['adds who is there already (T16)', { op: 'add', path: 'members', value: [{ value: 'u1' }] }, 'u1 u2'],
    ['adds one member that is no list', { op: 'add', path: 'members', value: { value: 'u3' } }, 'u1 u2 u3'],
    ['adds a plain string (T36)', { op: 'add', path: 'members', value: 'u3' }, 'u1 u2 u3'],
    ['adds without a path', { op: 'add', value: { members: [{ value: 'u3' }] } }, 'u1 u2 u3'],
    [
      'adds with a null address (T18)',
      { op: 'Add', path: 'members', value: [{ $ref: null, value: 'u3' }] },
      'u1 u2 u3',
    ],
    [
      'adds whom a filter names (T7)',
      { op: 'add', path: 'members[value eq "u3"]', value: { value: 'u3' } },
      'u1 u2 u3',
    ],
    ['removes by a filter (1.3 #16)', { op: 'remove', path: 'members[value eq "u1"]' }, 'u2'],
    ['removes by a filter for several', { op: 'remove', path: 'members[value eq "u1" or value eq "u2"]' }, ''],
    [
      'removes the listed only (2.4 #18)',
      { op: 'Remove', path: 'members', value: [{ $ref: null, value: 'u1' }] },
      'u2',
    ],
    ['removes nobody by an empty list', { op: 'remove', path: 'members', value: [] }, 'u1 u2'],
    ['removes all without a value (RFC)', { op: 'remove', path: 'members' }, ''],
    ['removes who is not there (T17)', { op: 'remove', path: 'members[value eq "u9"]' }, 'u1 u2'],
    ['replaces (1.3 #17)', { op: 'replace', path: 'members', value: [{ value: 'u3' }] }, 'u3'],
    ['replaces without a path', { op: 'replace', value: { members: [{ value: 'u3' }, { value: 'u1' }] } }, 'u1 u3'],
    ['empties with a list (T19)', { op: 'replace', path: 'members', value: [] }, ''],
    ['empties without a path', { op: 'replace', value: { members: [] } }, ''],
    ['empties with null', { op: 'replace', path: 'members', value: null }, ''],
    ['replaces one by another', { op: 'replace', path: 'members[value eq "u1"]', value: { value: 'u3' } }, 'u2 u3'],
    ['renames a member', { op: 'replace', path: 'members[value eq "u1"].display', value: 'Kim' }, 'u1 u2'],
    ['names ids in capitals', { op: 'remove', path: 'members[value eq "U1"]' }, 'u2'],
    [
      'names the schema',
      { op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members', value: 'u3' },
      'u1 u2 u3',
    ],
  ])('%s', (_, operation, expected) => {
    expect(afterOne(operation).join(' ')).toBe(expected)
  })

  it('does what it says last of a member (T34)', () => {
    const [add, remove] = [
      { op: 'add', path: 'members', value: 'u9' },
      { op: 'remove', path: 'members[value eq "u9"]' },
    ]
    expect(after([], parsed(add, remove))).toEqual([])
    expect(after(['u9'], parsed(add, remove))).toEqual([])
    expect(after(['u9'], parsed(remove, add))).toEqual(['u9'])
    expect(after(['u1'], parsed(add, { op: 'replace', path: 'members', value: [] }, remove))).toEqual([])
  })

  it('keeps members apart from attributes, and an echoed id is none (T15)', () => {
    const { operations, members } = parsed({ op: 'replace', value: { id: 'g1', displayName: 'Sales' } })
    expect(operations.map(({ value }) => value)).toEqual(['g1', 'Sales'])
    expect(members).toEqual([])
  })

  it('leaves a filter over more than ids to whoever knows the members, after all that comes before it', () => {
    const { members } = parsed(
      { op: 'add', path: 'members', value: 'u9' },
      { op: 'remove', path: 'members[type eq "Group"]' },
      { op: 'add', path: 'members', value: 'u8' },
    )
    expect(members.map(({ add, pick }) => [[...add], pick?.kind])).toEqual([
      [['u9'], undefined],
      [['u8'], 'compare'],
    ])
  })

  it.each([
    ['members[value eq "U1"]', { value: 'u3' }, ['u1']],
    ['members[type eq "Group"]', { value: 'u3' }, undefined],
    ['members[value eq "u1"].display', 'Kim', ['u1']],
  ])('asks of who replaces %s that somebody is there, where the profile forgives nothing', (path, value, ids) => {
    const operations = {
      Operations: [
        { op: 'add', path: 'members', value: 'u9' },
        { op: 'replace', path, value },
      ],
    }
    const { members } = parseGroupPatch(operations)
    expect(members.map(({ mustPick }) => mustPick)).toEqual([
      undefined,
      expect.objectContaining({ ids, where: 'Operations[1]' }),
    ])
    const forgiven = parseGroupPatch(operations, { quirks: QUIRKS.okta }).members
    expect(forgiven.every(({ mustPick }) => mustPick === undefined)).toBe(true)
  })

  it.each([
    [{ op: 'remove', path: 'members.value' }, 'mutability'],
    [{ op: 'replace', path: 'members[value eq "u1"].value', value: 'u2' }, 'mutability'],
    [{ op: 'remove', path: 'members[value eq]' }, 'invalidPath'],
    [{ op: 'add', path: 'members' }, 'invalidValue'],
    [{ op: 'add', path: 'members', value: [{ value: { a: 1 } }] }, 'invalidValue'],
    [{ op: 'remove' }, 'noTarget'],
  ])('refuses %j', (operation, scimType) => {
    expect(refusalOf(() => parsed(operation)).scimType).toBe(scimType)
  })

  it('comes to the same however often it is said', () => {
    const id = fc.constantFrom('u1', 'u2', 'u3', 'u4')
    const list = fc.array(id, { maxLength: 3 }).map((ids) => ids.map((value) => ({ value })))
    const operation = fc.oneof(
      list.map((value) => ({ op: 'add', path: 'members', value })),
      list.map((value) => ({ op: 'remove', path: 'members', value })),
      list.map((value) => ({ op: 'replace', path: 'members', value })),
      id.map((one) => ({ op: 'remove', path: `members[value eq "${one}"]` })),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 8 }), fc.uniqueArray(id), (operations, members) => {
        const oneByOne = operations.reduce<string[]>((held, each) => after(held, parsed(each)), [...members].toSorted())
        const atOnce = after(members, parsed(...operations))
        expect(atOnce).toEqual(oneByOne)
        expect(after(atOnce, parsed(...operations))).toEqual(atOnce)
      }),
    )
  })
})

describe('a PATCH as SCIM 1.1 has it (3.3 #11)', () => {
  const onelogin = (body: object, notes: NoteCode[] = []): GroupPatch =>
    parseGroupPatch(body, { quirks: QUIRKS.onelogin, note: (code) => void notes.push(code) })

  it('takes members out whose operation is delete, and the others in', () => {
    const notes: NoteCode[] = []
    const patch = onelogin({ members: [{ value: 'u1', operation: 'delete' }, { value: 'u3' }] }, notes)
    expect(after(['u1', 'u2'], patch)).toEqual(['u2', 'u3'])
    expect(notes).toContain('scim-1.1')
  })
  it('sets the attributes it has, and clears those it names under meta', () => {
    const { operations } = onelogin({ displayName: 'Sales', meta: { attributes: ['externalId'] } })
    expect(operations.map(({ op, value }) => [op, value])).toEqual([
      ['remove', undefined],
      ['replace', 'Sales'],
    ])
    expect(after(['u1'], onelogin({ meta: { attributes: ['members'] }, members: [{ value: 'u2' }] }))).toEqual(['u2'])
  })
  it('is still read as SCIM 2.0 where there are Operations', () => {
    expect(after([], onelogin({ Operations: [{ op: 'add', path: 'members', value: [{ value: 'u1' }] }] }))).toEqual([
      'u1',
    ])
  })
  it('is refused of everybody else', () => {
    expect(refusalOf(() => parseGroupPatch({ members: [{ value: 'u1' }] })).scimType).toBe('invalidSyntax')
  })
})
