import { describe, expect, it } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { LIMITS } from '../../src/policy/limits.ts'
import { renderPolicyProblem } from '../../src/policy/problem.ts'
import { withDeclared } from '../../src/scim/schema/declared.ts'

const problemsIn = (document: unknown): string[] => (compilePolicy(document).problems ?? []).map(renderPolicyProblem)
const when = (expression: string): unknown => ({ account: { when: expression } })

describe('a key or value that is not possible', () => {
  it.each([
    [{ rulez: [] }, 'rulez: there is no key "rulez" here. Did you mean "rules"?'],
    [{ account: { wen: 'true' } }, 'account.wen: there is no key "wen" here. Did you mean "when"?'],
    [
      { rules: [{ name: 'a', give: { rol: 'x' } }] },
      'rules[0].give.rol: there is no key "rol" here. Did you mean "role"?',
    ],
    [
      { rules: [{ name: 'a', give: { skills: [{ nam: 'x' }] } }] },
      'rules[0].give.skills[0].nam: there is no key "nam" here. Did you mean "name"?',
    ],
    [{ owns: { skils: 'always' } }, 'owns.skils: there is no key "skils" here. Did you mean "skills"?'],
    [{ owns: { skills: 'alwys' } }, 'owns.skills: "alwys" is not possible here. Did you mean "always"?'],
    [{ otherwise: { tem: 'x' } }, 'otherwise.tem: there is no key "tem" here. Did you mean "team"?'],
    [{ deactivation: { skils: 'take' } }, 'deactivation.skils: there is no key "skils" here. Did you mean "skills"?'],
    [{ rules: [{ name: 'a', give: { team: 42 } }] }, 'rules[0].give.team: this is a number. Put it into quotes.'],
    [{ rules: [{ give: { role: 'x' } }] }, 'rules[0].name: this is missing. Write it here.'],
    ['agents', 'this is a text. Write keys and values.'],
    [{ waitForGroups: { minutes: -1 } }, 'waitForGroups.minutes: this is too short or too small. Write at least 0.'],
    [{ owns: { userName: 'never' } }, /^owns\.userName: .*always owned/],
    [{ rules: [{ name: 'a', give: {} }] }, /^rules\[0\]\.give: this rule gives nothing/],
    [{ rules: [{ name: 'a', give: { roles: [{ name: 'x', level: 3 }] } }] }, /roles\[0\]\.level: roles have no level/],
    [{ rules: [{ name: 'a', give: { skills: [{ name: 'x', from: '"y"' }] } }] }, /exactly one of name and from/],
    [{ rules: [{ name: 'a', give: { skills: [{ name: 'x', among: ['y'] }] } }] }, /among belongs to from/],
  ])('%j', (document, said) => {
    expect(problemsIn(document)).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)])
  })

  it('is told together with all others', () => {
    const rule = (name: string): unknown => ({ name, when: 'user.depart', give: { team: { from: 'groups' } } })
    expect(problemsIn({ attributes: { title: 'user.titel' }, rules: [rule('a'), rule('A')] })).toEqual([
      expect.stringMatching(/^attributes\.title, character 6: user has no attribute "titel"\. Did you mean "title"/),
      expect.stringMatching(/^rules\[0\]\.when, character 6: user has no attribute "depart"/),
      expect.stringMatching(/^rules\[0\]\.give\.team\.from, character 1: this gives a list; text is wanted/),
      expect.stringMatching(/^rules\[1\]\.name: rules\[0\] is called "A" too/),
      expect.stringMatching(/^rules\[1\]\.when, character 6/),
      expect.stringMatching(/^rules\[1\]\.give\.team\.from, character 1/),
    ])
  })
})

describe('a mistake in an expression is shown at its character', () => {
  it.each([
    ['user.depratment == "x"', 6, 'Did you mean "department"?'],
    ['usr.title == "x"', 1, 'Did you mean "user"?'],
    ['true && lowr("a") == "a"', 9, 'Did you mean "lower"?'],
    ['lower("a", "b") == "a"', 1, 'Write lower(text).'],
    ['user.roles.value == "x"', 12, 'primary(list)'],
    ['user.roles.exists(r, r.valeu == "x")', 24, 'Did you mean "value"?'],
    ['user.emails[0].vlue == ""', 16, 'Did you mean "value"?'],
    ['size(person.identites) > 1', 13, 'Did you mean "identities"?'],
    ['person.identities.exists(i, i.usrName == "x")', 31, 'Did you mean "userName"?'],
    ['person.userName == "x"', 8, ''],
    ['app.di == "x"', 5, 'Did you mean "id"?'],
    ['user.title.first == "x"', 12, 'Remove ".first".'],
    ['user.groups.exists(g, true)', 6, 'Write groups.'],
    ['groups.exists("x")', 8, 'Write list.exists(x, test).'],
    ['has("x")', 1, 'Write has(user.department).'],
    ['user.title = "x"', 12, 'Write ==.'],
    ['user.title & true', 12, 'Write &&.'],
    ['true and false', 6, 'Write && for it.'],
    ['user.userName sw "a"', 15, 'Write .startsWith("…") for it.'],
    ['user.title == "x', 15, 'End it with "'],
    ['(true', 1, 'Close it with )'],
    ['(true]', 6, 'Write ) here.'],
    ['true)', 5, 'Remove it.'],
    ['true &&', 8, 'Write what && is to work on.'],
    ['true && == 1', 9, 'Write what && is to work on.'],
    ['user. == 1', 7, 'Write what . is to work on.'],
    ['', 1, ''],
    ['  // nothing', 1, 'Write an expression.'],
    ['user.title.matches("(")', 20, 'RE2'],
    ['user.title.matches("(?=a)")', 20, 'RE2'],
    ['user.title.matches(user.department)', 25, 'Write it out as a text'],
    [`user.title.matches("${'a'.repeat(LIMITS.pattern + 1)}")`, 20, 'RE2'],
    ['user.title.matches("((a{30}){30}){30}")', 20, 'RE2'],
    ['user.title > 3', 12, 'number(…)'],
    ['user.title', 1, 'Write a comparison'],
    ['lower(groups) == "a"', 1, 'number(…)'],
    ['"a" in user.title', 5, 'number(…)'],
    ['user.name == user.name', 11, 'number(…)'],
    ['string(timestamp("2027-01-01T00:00:00Z")) == ""', 8, 'Possible here'],
    ['google.protobuf.Value{} == 1', 1, ''],
    ['b"abc" == "abc"', 1, 'without the letter'],
    ['groups.all(a, groups.all(b, groups.all(c, a == b)))', 36, 'several rules'],
    [`${'('.repeat(LIMITS.depth + 1)}true${')'.repeat(LIMITS.depth + 1)}`, LIMITS.depth + 1, 'flatter'],
  ])('%s', (expression, character, fix) => {
    const problems = compilePolicy(when(expression)).problems ?? []
    expect(problems.map((problem) => problem.at)).toEqual(['account.when'])
    if (expression !== '') expect(problems[0]?.character).toBe(character)
    expect(problems[0]?.fix).toContain(fix)
  })

  it('is refused where it could only fail for people of whom little is known', () => {
    expect(problemsIn(when('user.emails[0].value > 3'))).toEqual([
      expect.stringContaining('> does not work on text and number'),
    ])
    expect(problemsIn(when('number(user.emails[0].value) > 3'))).toEqual([])
  })
})

describe('extensions that are declared', () => {
  const urn = 'urn:example:acme:2.0:User'
  const [user] = withDeclared([
    {
      schema: urn,
      resource: 'User',
      description: 'Acme',
      attributes: [
        { name: 'site', type: 'string', description: '', required: false, caseExact: false, canonicalValues: [], referenceTypes: [], multiValued: false, returned: 'default', attributes: [] },
        { name: 'grade', type: 'integer', description: '', required: false, caseExact: false, canonicalValues: [], referenceTypes: [], multiValued: false, returned: 'default', attributes: [] },
      ],
    },
  ]) // prettier-ignore

  it('go by their own names and by their URN, with the right kind of empty value', () => {
    const expression = `user.site == "" && user.grade < 3 && user["${urn}"].site == user.site`
    expect(user === undefined ? undefined : compilePolicy(when(expression), { user }).problems).toBeUndefined()
  })

  it('are unknown where they are not declared', () => {
    expect(problemsIn(when('user.site == "x"'))).toEqual([expect.stringContaining('user has no attribute "site"')])
  })
})
