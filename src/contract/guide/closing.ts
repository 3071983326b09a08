/**
 * The parts that all guides end with: proving that it works, and running it.
 * Decides their words; must not know a provider.
 */
import { list, steps, text, type Part, type Place } from './shape.ts'

/** What to have before the console is opened. */
export const before = ({ base, connection, apps }: Place, profile: string): Part => ({
  title: 'Before you begin',
  blocks: [
    list(
      `Rollcall runs, and others reach it as \`${base}\`. If that is not its address, set \`ROLLCALL_PUBLIC_URL\` and start it again.`,
      `In rollcall.yaml there is a connection \`${connection}\` with \`profile: ${profile}\`${
        apps.length === 0 ? '' : `, which feeds ${apps.map((app) => `\`${app}\``).join(', ')}`
      }. Its \`tokens\` hold the secret that is pasted below; \`openssl rand -hex 32\` makes a good one. It is in your environment or secret file; Rollcall keeps its hash only and cannot show it. \`rollcall token create\` makes one without the file, and shows it once.`,
      `\`rollcall connection check ${connection}\` makes the calls of the provider's test before the provider does, and looks at the address, its certificate and its clock.`,
    ),
  ],
})

/** What to run beside the console while its test button is pressed. */
export const watch = ({ connection }: Place): Part => ({
  title: 'See it arrive',
  blocks: [
    steps(
      { say: 'Before the test button is pressed, in a terminal:', paste: `rollcall connection watch ${connection}` },
      { say: 'Press it. The command says what came, whether that is right, and what to correct if it is not.' },
      {
        say: 'Assign one person who may be changed without harm, and look at what became of them:',
        paste: `rollcall scim log --connection ${connection}\nrollcall delivery list`,
      },
    ),
    text(
      'A call that carries an unknown token belongs to no connection and so is not in the log of one. `connection watch` tells of it where that is safe: to the key of an owner, on a server with one tenant.',
    ),
  ],
})
