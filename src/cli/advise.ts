/** `rollcall advise`: is a larger plan worth its price for SCIM? Must not ask a server, nor advise by itself. */
import { advise } from '../licence/advise.ts'
import { ADVISE_OPTIONS, complete, readGiven } from './advise/questions.ts'
import { render } from './advise/render.ts'
import { defineCommand, JSON_OPTION } from './command.ts'

export const command = defineCommand({
  path: 'advise',
  about: 'Say what a larger plan costs, what its SCIM gives, and what to do',
  args: [],
  options: [...ADVISE_OPTIONS, JSON_OPTION],
  notes: [
    'Needs no server. --plan, --target and --users must be known: a terminal is asked for what is missing.',
    'Prices are list prices of a third party; your contract counts: --plan-price, --target-price, --scim-from.',
  ],
  examples: [
    'rollcall advise --plan voice --target ultimate --users 100',
    'rollcall advise --plan voice --target essential --users 50 --idp entra --turnover 30 --wage 38',
    'rollcall advise --plan core --target ultimate --users 400 --plan-price 152.50 --target-price 230 --json',
  ],
  parse: (_args, options) => ({ given: readGiven(options), json: options['json'] === true }),
  run: async ({ given, json }, io) => {
    // A script that wants JSON is never left waiting for an answer.
    const question = await complete(given, json ? { ...io, openDialogue: undefined } : io)
    const advice = advise(question)
    io.out(json ? JSON.stringify(advice, null, 2) : render(advice, question, io))
  },
})
