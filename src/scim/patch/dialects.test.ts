import { describe, expect, it } from 'vitest'
import { QUIRKS, type NoteCode } from '../quirks.ts'
import { USER } from '../schema/resource-type.ts'
import { applyPatch } from './apply.ts'
import { BARE, changesOf, ENTERPRISE, HOME, MIA, patch, refusalOf, WORK } from './mia.fixture.ts'
import { parsePatch } from './parse.ts'

describe('a PATCH as providers send it', () => {
  it('may name the core schema, which is the resource itself', () => {
    const value = { title: 'Lead', name: { givenName: 'Maria' } }
    const changes = { title: 'Lead', name: { familyName: 'Roth', givenName: 'Maria' } }
    expect(changesOf([{ op: 'replace', path: USER.schema.urn, value }])).toEqual(changes)
    expect(changesOf([{ op: 'add', path: USER.schema.urn.toUpperCase(), value }])).toEqual(changes)
    expect(changesOf([{ op: 'replace', value: { [USER.schema.urn]: null } }])).toEqual({})
  })

  it.each([
    ['T1', [{ op: 'Replace', path: 'title', value: 'Lead' }], { title: 'Lead' }],
    ['T1', [{ op: 'ADD', path: 'nickName', value: 'Mi' }], { nickName: 'Mi' }],
    ['T2', [{ op: 'Replace', path: 'active', value: 'False' }], { active: false }],
    ['T2', [{ op: 'Add', path: 'active', value: 'False' }], { active: false }],
    ['T3', [{ op: 'Remove', path: 'emails', value: [{ $ref: null, value: 'mia@home.test' }] }], { emails: [WORK] }],
    [
      'T5',
      [
        {
          op: 'replace',
          value: { displayName: 'Mia R.', 'name.givenName': 'Maria', [`${ENTERPRISE}:employeeNumber`]: '77' },
        },
      ],
      {
        displayName: 'Mia R.',
        name: { familyName: 'Roth', givenName: 'Maria' },
        [ENTERPRISE]: { employeeNumber: '77', department: 'Sales', manager: { value: 'u2' } },
      },
    ],
    [
      'T6',
      [
        {
          op: 'replace',
          value: { 'emails[type eq "work"].value': 'm@x.test', 'phoneNumbers[type eq "mobile"].value': '1' },
        },
      ],
      {
        emails: [{ ...WORK, value: 'm@x.test' }, HOME],
        phoneNumbers: [{ value: '1', type: 'mobile' }],
      },
    ],
    [
      'T7',
      [{ op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+49 151 1' }],
      { phoneNumbers: [{ value: '+49 151 1', type: 'mobile' }] },
    ],
    [
      'T7',
      [
        { op: 'Replace', path: 'addresses[type eq "work"].locality', value: 'Köln' },
        { op: 'Replace', path: 'addresses[type eq "work"].country', value: 'DE' },
      ],
      {
        addresses: [{ locality: 'Köln', country: 'DE', type: 'work' }],
      },
    ],
    [
      'T8',
      [{ op: 'replace', path: 'emails[TYPE eq "home"].Value', value: 'm@x.test' }],
      { emails: [WORK, { ...HOME, value: 'm@x.test' }] },
    ],
    [
      'T9',
      [{ op: 'replace', path: 'NAME.GivenName', value: 'Maria' }],
      { name: { familyName: 'Roth', givenName: 'Maria' } },
    ],
    [
      'T9',
      [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:title', value: 'Lead' }],
      { title: 'Lead' },
    ],
    [
      'T10',
      [{ op: 'Add', path: `${ENTERPRISE}:manager`, value: 'u3' }],
      { [ENTERPRISE]: { department: 'Sales', manager: { value: 'u3' } } },
    ],
    [
      'T10',
      [{ op: 'Replace', path: `${ENTERPRISE}:manager`, value: [{ $ref: '../Users/u3', value: 'u3' }] }],
      { [ENTERPRISE]: { department: 'Sales', manager: { value: 'u3', $ref: '../Users/u3' } } },
    ],
    ['T11', [{ op: 'Replace', path: `${ENTERPRISE}:manager`, value: '' }], { [ENTERPRISE]: { department: 'Sales' } }],
    [
      'T11',
      [{ op: 'Replace', path: `${ENTERPRISE}:manager`, value: { value: '' } }],
      { [ENTERPRISE]: { department: 'Sales' } },
    ],
    ['T11', [{ op: 'Remove', path: `${ENTERPRISE}:manager` }], { [ENTERPRISE]: { department: 'Sales' } }],
    [
      'T11',
      [{ op: 'Replace', path: `${ENTERPRISE}:manager.value`, value: null }],
      { [ENTERPRISE]: { department: 'Sales' } },
    ],
    [
      'T11',
      [
        { op: 'Replace', path: 'title', value: '' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: '' },
        { op: 'Replace', path: 'name.givenName', value: null },
      ],
      {
        title: undefined,
        emails: [HOME],
        name: { familyName: 'Roth' },
      },
    ],
    [
      'T11',
      [
        {
          op: 'replace',
          value: { title: null, emails: null, 'name.familyName': '', [ENTERPRISE]: { department: null } },
        },
      ],
      {
        title: undefined,
        emails: undefined,
        name: { givenName: 'Mia' },
        [ENTERPRISE]: { manager: { value: 'u2' } },
      },
    ],
    [
      'T14',
      [{ op: 'replace', value: { schemas: ['x'], id: 'u1', meta: {}, groups: [], title: 'Lead' } }],
      { title: 'Lead' },
    ],
    ['T15', [{ op: 'replace', value: { id: 'u1', displayName: 'Mia' } }], { displayName: 'Mia' }],
    [
      'T17',
      [
        { op: 'remove', path: 'emails[value eq "nobody"]' },
        { op: 'Remove', path: 'emails', value: [{ value: 'nobody' }] },
      ],
      {},
    ],
    ['T20', [], {}],
    [
      'T25',
      [
        { op: 'Add', path: 'roles[primary eq "True"].display', value: 'Agents' },
        { op: 'Add', path: 'roles[primary eq "True"].value', value: 'agent' },
      ],
      { roles: [{ value: 'agent', display: 'Agents', primary: true }] },
    ],
    ['T30', [{ op: 'replace', value: { colour: 'green', title: 'Lead', __proto__: 1 } }], { title: 'Lead' }],
    [
      'T31',
      [
        { op: 'replace', path: 'title', value: ['Lead'] },
        { op: 'replace', path: 'emails[type eq "home"]', value: [{ value: 'm@x.test' }] },
      ],
      {
        title: 'Lead',
        emails: [WORK, { value: 'm@x.test', type: 'home' }],
      },
    ],
    ['T36', [{ op: 'replace', path: 'emails', value: ['m@x.test'] }], { emails: [{ value: 'm@x.test' }] }],
  ] as const)('is forgiven %s, %#', (_, operations, changes) => {
    expect(changesOf(operations)).toStrictEqual(changes)
  })

  it.each([
    { op: 'Remove', path: `${ENTERPRISE}:shoe` },
    { op: 'Replace', path: 'urn:scim:schemas:extension:enterprise:1.0:shoe', value: '' },
    { op: 'replace', value: { [ENTERPRISE]: { shoe: 4 }, [`${ENTERPRISE}:shoe`]: null } },
  ])('never takes an unknown attribute of an extension for the whole of it, %#', (operation) => {
    expect(patch(MIA, [operation], { quirks: QUIRKS.entra }).changed).toBe(false)
  })

  it('may write Operations, op, path and value in any case (T33)', () => {
    const steps = parsePatch({ operations: [{ OP: 'replace', Path: 'title', Value: 'Lead' }] }, USER)
    expect(applyPatch(MIA, steps, { type: USER, id: 'u1' }).document['title']).toBe('Lead')
  })

  it('cannot clear active, which would give access back', () => {
    const gone = patch(MIA, [{ op: 'replace', path: 'active', value: false }]).document
    for (const operation of [
      { op: 'remove', path: 'active' },
      { op: 'replace', path: 'active', value: '' },
      { op: 'replace', value: { active: null } },
    ]) {
      expect(patch(gone, [operation]).document.active).toBe(false)
    }
  })

  it('ends where the gallery sets everything and clears it again', () => {
    const set = {
      title: 'T',
      nickName: 'N',
      'emails[type eq "work"].value': 'w',
      'phoneNumbers[type eq "fax"].value': '1',
      'addresses[type eq "work"].formatted': 'A',
      [`${ENTERPRISE}:manager`]: 'u9',
    }
    const full = patch(BARE, [{ op: 'replace', value: set }]).document
    const clear = Object.keys(set).map((path) => ({ op: 'Replace', path, value: '' }))
    expect(patch(full, clear).document).toStrictEqual(BARE)
  })

  it('says what was forgiven', () => {
    const notes: NoteCode[] = []
    patch(
      MIA,
      [
        { op: 'Replace', path: 'Active', value: 'True' },
        { op: 'add', path: 'phoneNumbers[type eq "fax"].value', value: '1' },
        { op: 'replace', value: { password: 'p', id: 'u1', colour: 1 } },
        { op: 'remove', path: 'emails[type eq "nope"]' },
        { op: 'replace', path: 'title', value: '' },
      ],
      { notes },
    )
    expect(notes).toStrictEqual(['T1', 'T9', 'T2', 'password-discarded', 'T30', 'T11', 'T7', 'T15', 'T17'])
  })

  it('may name an unknown attribute in a path if the profile says so', () => {
    const operations = [
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge', value: '7' },
      { op: 'Replace', path: 'title', value: 'Lead' },
    ]
    expect(patch(MIA, operations, { quirks: QUIRKS.entra }).document['title']).toBe('Lead')
    expect(refusalOf(() => patch(MIA, operations, { quirks: QUIRKS.generic }))).toMatchObject({
      status: 400,
      scimType: 'invalidPath',
    })
  })
})
