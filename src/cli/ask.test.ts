import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { openDialogue } from './ask.ts'

const open = () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  return { input, output, dialogue: openDialogue({ input, output }) }
}

test('puts a question and takes the line that is typed, without blanks around it', async () => {
  const { input, output, dialogue } = open()
  const answer = dialogue.ask('Who?')
  expect(String(output.read())).toBe('Who? ')
  input.write('  Ann \n')
  expect(await answer).toBe('Ann')
  dialogue.close()
})

test('keeps lines that come before their question: answers may be pasted', async () => {
  const { input, dialogue } = open()
  const first = dialogue.ask('One?')
  input.write('1\n2\n3\n')
  expect([await first, await dialogue.ask('Two?'), await dialogue.ask('Three?')]).toEqual(['1', '2', '3'])
  dialogue.close()
})

test('says when there is no more to come, to this question and to later ones', async () => {
  const { input, dialogue } = open()
  const answer = dialogue.ask('Who?')
  input.end()
  expect(await answer).toBeUndefined()
  expect(await dialogue.ask('Anybody?')).toBeUndefined()
})
