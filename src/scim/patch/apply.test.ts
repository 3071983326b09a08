import { describe, expect, it } from 'vitest'
import { BARE, changesOf, ENTERPRISE, HOME, MIA, patch, WORK } from './mia.fixture.ts'

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
