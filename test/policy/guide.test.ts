import { readFile } from 'node:fs/promises'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { isCelList } from '@bufbuild/cel'
import { compilePolicy } from '../../src/policy/compile.ts'
import { compileExpression, languageOf } from '../../src/policy/expression/expression.ts'
import { HELPER_FUNCTIONS } from '../../src/policy/expression/functions.ts'
import { refill } from '../../src/policy/expression/meter.ts'
import { userShape } from '../../src/policy/expression/shape.ts'
import { LIMITS } from '../../src/policy/limits.ts'
import { renderPolicyProblem } from '../../src/policy/problem.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { fences } from '../docs/fences.ts'
import { guideAnew, shownIn } from './guide.ts'

const path = new URL('../../docs/guide/policy.md', import.meta.url).pathname

test('docs/guide/policy.md shows what the code knows and golden policies do (npm test -- test/policy/guide -u writes it anew)', async () => {
  const guide = await readFile(path, 'utf8')
  expect(shownIn(guide).length).toBeGreaterThanOrEqual(4)
  await expect(guideAnew(guide)).toMatchFileSnapshot(path)
})

test('every policy in docs/guide/policy.md can be used', async () => {
  const policies = fences(await readFile(path, 'utf8'), 'yaml').map((block) => parse(block) as unknown)
  expect(policies.length).toBeGreaterThan(6)
  for (const policy of policies)
    expect((compilePolicy(policy).problems ?? []).map(renderPolicyProblem), JSON.stringify(policy)).toEqual([])
})

describe('a function does what the guide says of it', () => {
  const language = languageOf(userShape(USER))
  const valueOf = (text: string): unknown => {
    refill(LIMITS.steps)
    const { expression, spots } = compileExpression(text, language)
    if (expression === undefined) throw new Error(JSON.stringify(spots))
    const result = expression.evaluate({})
    if (!result.ok) throw new Error(result.message)
    return isCelList(result.value) ? [...result.value] : result.value
  }

  it.each([...HELPER_FUNCTIONS.values()].map((it) => [it.name, it] as const))('%s', (_name, { example }) => {
    const [expression, result] = example
    expect(valueOf(expression)).toEqual(result)
  })

  it.each([...HELPER_FUNCTIONS.values()].map((it) => [it.name, it] as const))(
    '%s gives an empty answer of nothing',
    (name, { wants }) => {
      const nothing = name === 'lookup' ? ['{}', '""', '""'] : wants.map(() => '[][0]')
      expect(['', 0, false, []]).toContainEqual(valueOf(`${name}(${nothing.join(', ')})`))
    },
  )

  it.each([
    ['e164("+49 (0)89 123456", "")', '+4989123456'],
    ['e164("0049 89 123456", "+1")', '+4989123456'],
    ['e164("06 6982 1234", "+39")', '+390669821234'],
    ['e164("(1) 212-555-0123", "+1")', '+12125550123'],
    ['e164("212-555-0123", "+1")', '+12125550123'],
    ['e164("8 495 1234567", "+7")', '+74951234567'],
    ['e164("0171 1234567", "")', ''],
    ['e164("123", "+49")', ''],
    ['e164("extension 7", "+49")', ''],
    ['e164("+12345678901234567", "")', ''],
    ['timeZone("Europe/Berlin")', 'Europe/Berlin'],
    ['timeZone("America/Argentina/Buenos_Aires")', 'America/Argentina/Buenos_Aires'],
    ['timeZone("eastern standard time")', 'America/New_York'],
    ['timeZone("Middle Earth")', ''],
    ['day("2027-02-31x")', ''],
    ['before("abc", "")', 'abc'],
    ['replace("aaa", "a", "$&")', '$&$&$&'],
    ['user.title.lower()', ''],
    ['size("ab") + number("1") == 3 && number("7") - 2 == 5 && 2 * number("3") == 6', true],
    ['number("2") in [1, 2] && !("2" in [1, 2])', true],
    ['1 == number("1") && !("1" == 1) && ["a", "b"] == ["a", "b"] && ["a"] != ["b"]', true],
    ['{"a": {"b": "c"}}.a.b', 'c'],
    ['{"a": 1}["x"]', ''],
    ['[[1], [2, 3]].map(x, size(x)).filter(n, n > 1).map(n, string(n)).join(",")', '2'],
    ['["a", "b", "a"].existsOne(x, x == "b") && !["a", "a"].existsOne(x, x == "a")', true],
    ['["a", "b"].map(x, ["c", "d"].map(y, x + y)).map(z, z.join("")).join(" ")', 'acad bcbd'],
    ['["b", "", "a"].join("+")', 'b+a'],
  ])('%s is %s', (expression, result) => {
    const { expression: compiled } = compileExpression(expression, language)
    refill(LIMITS.steps)
    expect(compiled?.evaluate({ 'user.title': '' })).toEqual({ ok: true, value: result })
  })
})
