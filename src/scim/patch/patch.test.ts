import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScimError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { QUIRKS, type NoteCode, type Quirks } from '../quirks.ts'
import { parseUser, type UserDocument } from '../resource.ts'
import { USER } from '../schema/resource-type.ts'
import { applyPatch, type PatchOutcome } from './apply.ts'
import { parsePatch } from './parse.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const MIA = parseUser(
  {
    userName: 'mia@acme.test',
    externalId: 'x1',
    name: { givenName: 'Mia', familyName: 'Roth' },
    title: 'Agent',
    active: true,
    emails: [
      { value: 'mia@acme.test', type: 'work', primary: true },
      { value: 'mia@home.test', type: 'home' },
    ],
    [ENTERPRISE]: { department: 'Sales', manager: { value: 'u2' } },
  },
  { mode: 'create' },
)
const BARE = parseUser({ userName: 'kim' }, { mode: 'create' })

interface Extra {
  readonly quirks?: Quirks
  readonly notes?: NoteCode[]
}

function patch(
  document: UserDocument,
  operations: readonly unknown[],
  { quirks, notes = [] }: Extra = {},
): PatchOutcome<UserDocument> {
  const note = (code: NoteCode): void => void notes.push(code)
  const steps = parsePatch({ schemas: [PATCH_OP], Operations: operations }, USER, { quirks, note })
  return applyPatch(document, steps, { type: USER, id: 'u1', note })
}

/** The members that differ from MIA (or another document); undefined where one is gone. */
function changesOf(operations: readonly unknown[], from: UserDocument = MIA): Record<string, unknown> {
  const { document } = patch(from, operations)
  const names = new Set([...Object.keys(from), ...Object.keys(document)])
  return Object.fromEntries(
    [...names]
      .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(document[name]))
      .map((name) => [name, document[name]]),
  )
}

function refusalOf(act: () => unknown): ScimError {
  try {
    act()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('This was to be refused, but it was accepted')
}

const [WORK, HOME] = MIA['emails'] as readonly [JsonObject, JsonObject]

describe('a PATCH as the RFC has it (7644 section 3.5.2)', () => {
  it.each([
    // add, 3.5.2.1
    ['adds an attribute', { op: 'add', path: 'nickName', value: 'Mi' }, { nickName: 'Mi' }],
    ['adds over a single value as replace does', { op: 'add', path: 'title', value: 'Lead' }, { title: 'Lead' }],
    [
      'adds a sub-attribute',
      { op: 'add', path: 'name.middleName', value: 'J' },
      { name: { familyName: 'Roth', givenName: 'Mia', middleName: 'J' } },
    ],
    [
      'adds elements',
      { op: 'add', path: 'emails', value: [{ value: 'm@x.test', type: 'other' }] },
      { emails: [WORK, HOME, { value: 'm@x.test', type: 'other' }] },
    ],
    [
      'adds one element that is no list',
      { op: 'add', path: 'emails', value: { value: 'm@x.test' } },
      { emails: [WORK, HOME, { value: 'm@x.test' }] },
    ],
    [
      'adds without a path',
      { op: 'add', value: { nickName: 'Mi', emails: [{ value: 'm@x.test' }] } },
      { nickName: 'Mi', emails: [WORK, HOME, { value: 'm@x.test' }] },
    ],
    ['adds nothing from an empty list', { op: 'add', path: 'emails', value: [] }, {}],
    [
      'adds what is there already only once',
      { op: 'add', path: 'emails', value: [{ value: 'MIA@home.test', type: 'home' }] },
      { emails: [WORK, { value: 'MIA@home.test', type: 'home' }] },
    ],
    [
      'adds to an element that is there what it did not have',
      { op: 'add', path: 'emails', value: [{ value: 'mia@home.test', display: 'Home' }] },
      { emails: [WORK, { value: 'mia@home.test', display: 'Home', type: 'home' }] },
    ],
    // replace, 3.5.2.3
    ['replaces a value', { op: 'replace', path: 'userName', value: 'mia@new.test' }, { userName: 'mia@new.test' }],
    ['replaces what was not there', { op: 'replace', path: 'nickName', value: 'Mi' }, { nickName: 'Mi' }],
    [
      'replaces a whole list',
      { op: 'replace', path: 'emails', value: [{ value: 'm@x.test' }] },
      { emails: [{ value: 'm@x.test' }] },
    ],
    [
      'replaces parts of a complex attribute and leaves the others',
      { op: 'replace', path: 'name', value: { givenName: 'Maria' } },
      { name: { familyName: 'Roth', givenName: 'Maria' } },
    ],
    [
      'replaces a part of the elements that a filter picks',
      { op: 'replace', path: 'emails[type eq "home"].value', value: 'm@x.test' },
      { emails: [WORK, { value: 'm@x.test', type: 'home' }] },
    ],
    [
      'replaces the elements that a filter picks',
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'm@x.test' } },
      { emails: [{ value: 'm@x.test', type: 'work' }, HOME] },
    ],
    [
      'replaces a part of every element',
      { op: 'replace', path: 'emails.display', value: 'Mia' },
      {
        emails: [
          { ...WORK, display: 'Mia' },
          { ...HOME, display: 'Mia' },
        ],
      },
    ],
    [
      'replaces without a path, leaving what is not named',
      { op: 'replace', value: { active: false } },
      { active: false },
    ],
    [
      'replaces an extension attribute',
      { op: 'replace', path: `${ENTERPRISE}:department`, value: 'Legal' },
      { [ENTERPRISE]: { department: 'Legal', manager: { value: 'u2' } } },
    ],
    [
      'replaces parts of an extension and leaves the others',
      { op: 'replace', path: ENTERPRISE, value: { costCenter: '7' } },
      { [ENTERPRISE]: { costCenter: '7', department: 'Sales', manager: { value: 'u2' } } },
    ],
    ['replaces with an empty list', { op: 'replace', path: 'emails', value: [] }, { emails: undefined }],
    // remove, 3.5.2.2
    ['removes an attribute', { op: 'remove', path: 'title' }, { title: undefined }],
    ['removes a sub-attribute', { op: 'remove', path: 'name.givenName' }, { name: { familyName: 'Roth' } }],
    ['removes a list', { op: 'remove', path: 'emails' }, { emails: undefined }],
    ['removes the elements that a filter picks', { op: 'remove', path: 'emails[type eq "work"]' }, { emails: [HOME] }],
    [
      'removes a part of the elements that a filter picks',
      { op: 'remove', path: 'emails[type eq "work"].primary' },
      { emails: [{ value: 'mia@acme.test', type: 'work' }, HOME] },
    ],
    [
      'removes the last extension attribute with its extension',
      { op: 'remove', path: ENTERPRISE },
      { [ENTERPRISE]: undefined },
    ],
    ['removes what is not there', { op: 'remove', path: 'nickName' }, {}],
  ])('%s', (_, operation, changes) => {
    expect(changesOf([operation])).toStrictEqual(changes)
  })

  it('moves primary to the element that becomes it', () => {
    expect(changesOf([{ op: 'add', path: 'emails', value: [{ value: 'm@x.test', primary: true }] }])).toStrictEqual({
      emails: [{ ...WORK, primary: false }, HOME, { value: 'm@x.test', primary: true }],
    })
    expect(changesOf([{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }])).toStrictEqual({
      emails: [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    })
  })

  it('applies operations in order', () => {
    expect(
      changesOf([
        { op: 'add', path: 'emails', value: [{ value: 'm@x.test' }] },
        { op: 'remove', path: 'emails[value eq "m@x.test"]' },
        { op: 'replace', path: 'title', value: 'A' },
        { op: 'replace', path: 'title', value: 'B' },
      ]),
    ).toStrictEqual({ title: 'B' })
  })

  it('keeps the order of the schema table', () => {
    const { document } = patch(BARE, [
      { op: 'add', value: { emails: 'x', title: 'A', externalId: 'e', name: { givenName: 'K', familyName: 'L' } } },
    ])
    expect(Object.keys(document)).toStrictEqual(['externalId', 'userName', 'name', 'title', 'active', 'emails'])
    expect(Object.keys(document['name'] as object)).toStrictEqual(['familyName', 'givenName'])
  })

  it.each([
    [{ op: 'replace', path: 'title', value: 'Agent' }],
    [{ op: 'replace', value: { active: true, name: { givenName: 'Mia' } } }],
    [{ op: 'replace', path: 'emails', value: [WORK, HOME] }],
    [{ op: 'add', path: 'emails', value: [{ value: 'mia@home.test', type: 'home' }] }],
    [{ op: 'remove', path: 'emails[type eq "other"]' }],
    [{ op: 'replace', path: 'id', value: 'u1' }],
    [{ op: 'replace', value: { password: 'secret' } }],
  ])('says that nothing changed, %#', (operation) => {
    const outcome = patch(MIA, [operation])
    expect(outcome.changed).toBe(false)
    expect(outcome.document).toBe(MIA)
  })
})

describe('a PATCH as providers send it', () => {
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

describe('a PATCH that cannot be done', () => {
  it.each([
    [
      { op: 'move', path: 'title', value: 'x' },
      'invalidSyntax',
      'Operations[0].op is "move"; it must be add, replace or remove',
    ],
    [{ path: 'title', value: 'x' }, 'invalidSyntax', 'Operations[0].op is missing'],
    ['x', 'invalidSyntax', 'Operations[0] must be an object, not "x"'],
    [{ op: 'remove' }, 'noTarget', 'remove needs a path'],
    [{ op: 'remove', path: '' }, 'noTarget', 'remove needs a path'],
    [{ op: 'replace', path: 5, value: 'x' }, 'invalidPath', 'Operations[0].path must be text, not 5'],
    [{ op: 'replace', path: 'emails[type eq', value: 'x' }, 'invalidPath', 'The path cannot be read at position 15'],
    [{ op: 'replace', path: 'nope', value: 'x' }, 'invalidPath', 'User has no attribute "nope"'],
    [
      { op: 'replace', path: '__proto__.polluted', value: 'x' },
      'invalidPath',
      'User has no attribute "__proto__.polluted"',
    ],
    [{ op: 'replace', path: 'constructor.prototype.polluted', value: 'x' }, 'invalidPath', 'User has no attribute'],
    [{ op: 'replace', path: 'title' }, 'invalidValue', 'Operations[0].value is missing: replace needs one'],
    [
      { op: 'replace', value: 'x' },
      'invalidValue',
      'Operations[0].value must be an object when there is no path, not "x"',
    ],
    [{ op: 'add' }, 'invalidValue', 'Operations[0].value must be an object when there is no path'],
    [{ op: 'replace', path: 'title', value: 5 }, 'invalidValue', 'Operations[0].value must be text, not 5'],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue', 'must be true or false, not "perhaps"'],
    [{ op: 'replace', path: 'name', value: 'Mia' }, 'invalidValue', 'must be an object, not "Mia"'],
    [
      { op: 'replace', path: 'emails[type eq "work"]', value: [{ value: 'a' }, { value: 'b' }] },
      'invalidValue',
      'must be one element',
    ],
    [
      {
        op: 'replace',
        path: 'emails',
        value: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
      'primary is true for 2 elements',
    ],
    [{ op: 'replace', path: 'emails.primary', value: true }, 'invalidValue', 'primary is true for 2 elements'],
    [{ op: 'replace', path: ENTERPRISE, value: 'x' }, 'invalidValue', 'must be an object, not "x"'],
    [{ op: 'replace', path: 'userName', value: '' }, 'invalidValue', 'userName is missing'],
    [{ op: 'replace', value: { userName: null } }, 'invalidValue', 'userName is missing'],
    [{ op: 'remove', path: 'userName' }, 'mutability', 'userName cannot be removed'],
    [{ op: 'replace', path: 'id', value: 'u2' }, 'mutability', 'id cannot be changed'],
    [{ op: 'replace', value: { id: 'u2' } }, 'mutability', 'id cannot be changed'],
    [{ op: 'remove', path: 'id' }, 'mutability', 'id is readOnly and cannot be changed'],
    [{ op: 'add', path: 'groups', value: [{ value: 'g1' }] }, 'mutability', 'groups is readOnly and cannot be changed'],
    [{ op: 'replace', path: 'meta.created', value: '2026-01-01T00:00:00Z' }, 'mutability', 'meta.created is readOnly'],
    [
      { op: 'replace', path: 'emails[type sw "x"].value', value: 'y' },
      'noTarget',
      'no element of emails.value satisfies the filter',
    ],
    [
      { op: 'replace', path: 'emails[type eq "x" or type eq "y"].value', value: 'y' },
      'noTarget',
      'none can be made from it',
    ],
    [{ op: 'replace', path: 'emails[value eq "old"].value', value: 'new' }, 'noTarget', 'none can be made from it'],
    [{ op: 'replace', path: 'title', value: 'a\u0000b' }, 'invalidValue', 'Operations[0].value holds a NUL character'],
  ] as const)('is refused and says why, %#', (operation, scimType, detail) => {
    const good = { op: 'replace', path: 'nickName', value: 'Mi' }
    const error = refusalOf(() => patch(MIA, [operation, good]))
    expect(error).toMatchObject({ status: 400, scimType })
    expect(error.detail).toContain(detail)
  })

  it.each([
    [null, 'The body must be a JSON object, not null'],
    [[], 'The body must be a JSON object'],
    [{}, 'Operations is missing'],
    [{ Operations: {} }, 'Operations must be a list, not an object'],
    [{ Operations: null }, 'Operations must be a list, not null'],
  ])('is refused as no PATCH at all, %#', (body, detail) => {
    const error = refusalOf(() => parsePatch(body, USER))
    expect(error).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
    expect(error.detail).toContain(detail)
  })

  it('is refused as a whole for its last operation', () => {
    const before = JSON.stringify(MIA)
    expect(
      refusalOf(() =>
        patch(MIA, [
          { op: 'replace', path: 'title', value: 'Lead' },
          { op: 'replace', path: 'id', value: 'other' },
        ]),
      ).scimType,
    ).toBe('mutability')
    expect(JSON.stringify(MIA)).toBe(before)
  })

  it('is refused with more than 1,000 operations, or a list without end', () => {
    const many = Array.from({ length: 1_001 }, () => ({ op: 'replace', path: 'title', value: 'x' }))
    expect(refusalOf(() => patch(MIA, many)).status).toBe(413)
    const emails = Array.from({ length: 600 }, (_, index) => ({ value: `${index}@x.test` }))
    const more = emails.map(({ value }) => ({ value: `more-${value}` }))
    const error = refusalOf(() =>
      patch(BARE, [
        { op: 'add', path: 'emails', value: emails },
        { op: 'add', path: 'emails', value: more },
      ]),
    )
    expect(error.detail).toContain('emails would have 1200 elements; at most 1000 are allowed')
  })
})

describe('any PATCH', () => {
  const paths = fc.constantFrom(
    'userName',
    'active',
    'name',
    'name.givenName',
    'title',
    'emails',
    'emails.value',
    'emails[type eq "work"]',
    'emails[type eq "work"].value',
    'emails[primary eq true].primary',
    'emails[not (type pr)].value',
    'roles[primary eq "True"].value',
    'addresses[type eq "home"].locality',
    ENTERPRISE,
    `${ENTERPRISE}:manager`,
    `${ENTERPRISE}:manager.value`,
    'id',
    'groups',
    'password',
    'meta',
    'schemas',
    'nope',
    '__proto__',
    'constructor',
    'prototype',
    '',
    'emails[',
    undefined,
  )
  const names = fc.constantFrom(
    'userName',
    'active',
    'name',
    'givenName',
    'emails',
    'value',
    'type',
    'primary',
    'manager',
    ENTERPRISE,
    '__proto__',
    'constructor',
    'name.givenName',
    'emails[type eq "work"].value',
    'id',
  )
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<JsonValue>,
      fc.constantFrom<JsonValue>('True', 'x', '', true, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { noNullPrototype: false }),
    ),
  })).value
  const operation = fc.record(
    { op: fc.constantFrom('add', 'Replace', 'remove'), path: paths, value: json },
    { requiredKeys: ['op', 'path'], noNullPrototype: true },
  )
  const documents = fc.constantFrom(MIA, BARE)

  function attempt(document: UserDocument, operations: readonly unknown[]): UserDocument | undefined {
    try {
      return patch(document, operations).document
    } catch (error) {
      expect(error).toBeInstanceOf(ScimError)
      return undefined
    }
  }

  it('gives a user or a SCIM error, changes nothing that it was given and pollutes no prototype', () => {
    fc.assert(
      fc.property(documents, fc.array(operation, { maxLength: 4 }), (document, operations) => {
        const before = JSON.stringify([document, operations])
        const result = attempt(document, operations)
        expect(JSON.stringify([document, operations])).toBe(before)
        expect(Object.keys(Object.prototype)).toStrictEqual([])
        if (result === undefined) return
        expect(result.userName.trim()).not.toBe('')
        expect(typeof result.active).toBe('boolean')
        // A patched document is one that a POST could have made.
        expect(parseUser(result, { mode: 'create' })).toStrictEqual(result)
      }),
      { numRuns: 3_000 },
    )
  })

  it('gives the same when a replace or a remove comes twice', () => {
    const settled = fc.record(
      { op: fc.constantFrom('replace', 'remove'), path: paths, value: json },
      { requiredKeys: ['op', 'path'], noNullPrototype: true },
    )
    fc.assert(
      fc.property(documents, settled, (document, step) => {
        const once = attempt(document, [step])
        // A step that undoes what its own filter asks for finds nothing the second time.
        fc.pre(step.path !== 'emails[primary eq true].primary')
        if (once !== undefined) expect(patch(once, [step]).changed).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes any JSON as its body without another error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          parsePatch(body, USER)
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
        }
      }),
    )
  })
})
