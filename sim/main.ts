// Decides which simulator `rollcall-sim` starts. Loads only the one that is asked for. Runs when it is loaded: the
// launcher in bin/ imports it.
import { Command } from 'commander'

interface Simulator {
  readonly says: string
  readonly load: () => Promise<Command>
}

const SIMULATORS: Readonly<Record<string, Simulator>> = {
  cxone: {
    says: 'a simulated CXone business unit to connect to',
    load: async () => (await import('./cxone/main.ts')).cxoneCommand(),
  },
  idp: {
    says: 'a simulated identity provider that pushes people',
    load: async () => (await import('./idp/main.ts')).idpCommand(),
  },
}

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('rollcall-sim').description(
    'simulators to try Rollcall against; none of them talks to the outside',
  )
  const wanted = argv[2] === 'help' ? argv[3] : argv[2]
  for (const [name, { says, load }] of Object.entries(SIMULATORS)) {
    program.addCommand(name === wanted ? await load() : new Command(name).description(says))
  }
  await program.parseAsync([...argv])
}

// Not only when this is the main module: bin/rollcall-sim.js imports it.
await main(process.argv)
