/** `rollcall app enforce`: show everything that would be done to an app, ask, and have it done. Must not write to it by itself. */
import { app as appSchema } from '../../contract/app.ts'
import type { Difference } from '../../contract/difference.ts'
import { modeSet, type ModeSet } from '../../contract/mode.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, defineCommand, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { findOut, readNames, renderDifference } from '../policy/difference.ts'

/** Who has thought for longer than this may have seen something else than what is there by now. */
const FRESH_MS = 60_000

export const command = defineCommand({
  path: 'app enforce',
  about: 'Show everything that would be done to an app, ask, and have it done',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [
    { flags: '--yes', about: 'do not ask; needs --expect' },
    { flags: '--expect <hash>', about: 'the hash of the difference that somebody has looked at' },
    { flags: '--all', about: 'all names instead of the first 20' },
    { flags: '--json', about: 'print JSON for scripts; changes nothing without --yes' },
  ],
  notes: ['An app that is new is observed: everything is accepted and planned, and nothing is written to it.'],
  examples: ['rollcall app enforce cxone-na1', 'rollcall app enforce cxone-na1 --yes --expect 3f1c…'],
  parse: (args, options) => {
    const [yes, expect] = [options['yes'] === true, textOption(options, 'expect')]
    if (yes !== (expect !== undefined))
      throw new CommandError(
        'usage',
        '--yes and --expect go together: say the hash of the difference that you have seen.',
      )
    return {
      app: argument(args, 0, 'app'),
      expect,
      all: options['all'] === true,
      json: options['json'] === true,
    }
  },
  run: async (asked, io) => {
    const client = openClient(io)
    const { mode, modePinned } = await client.get(path`/apps/${asked.app}`, appSchema)
    if (mode === 'enforce')
      return io.out(asked.json ? JSON.stringify({ app: asked.app, mode }) : `${asked.app} is enforced already.`)
    if (modePinned)
      throw new CommandError(
        'other',
        `rollcall.yaml says mode: observe for ${asked.app}. Change it there and start the server again, or take the line out to decide it here.`,
      )
    const done =
      asked.expect === undefined
        ? await ask(client, asked, io)
        : await compareHash(client, { ...asked, expect: asked.expect }, io)
    if (done !== undefined && !asked.json)
      io.out(
        `${asked.app} is enforced from now on. ${done.due} plans that had waited are carried out now: rollcall app show ${asked.app}`,
      )
  },
})

interface Asked {
  readonly app: string
  readonly all: boolean
  readonly json: boolean
}

async function show(
  client: Client,
  { app, all, json }: Asked,
  io: Io,
): Promise<Difference & { readonly hash: string }> {
  const found = await findOut(client, { app }, io)
  const names = await readNames(client, { id: found.id, all })
  io.out(
    json
      ? JSON.stringify({ ...found, diff: names.items, more: names.more }, null, 2)
      : renderDifference(found, names, io),
  )
  if (found.verdict === 'unreachable' || found.hash === null)
    throw new CommandError(
      'other',
      `${app} could not be read, so nobody can see what enforcing it does. Nothing was changed.`,
    )
  return { ...found, hash: found.hash }
}

const enforce = (client: Client, app: string, { id, hash }: { id: string; hash: string }): Promise<ModeSet> =>
  client.post(path`/apps/${app}/enforce`, modeSet, { difference: id, hash })

async function compareHash(client: Client, asked: Asked & { readonly expect: string }, io: Io): Promise<ModeSet> {
  const found = await show(client, asked, io)
  if (found.hash !== asked.expect)
    throw new CommandError(
      'other',
      `The difference is not the one that was expected. Nothing was changed. Its hash is ${found.hash}: look at it, and say --expect ${found.hash} if it is right.`,
    )
  return enforce(client, asked.app, found)
}

/** Shows it again for as long as it changes while somebody thinks. Undefined where nobody was to be asked. */
async function ask(client: Client, asked: Asked, io: Io): Promise<ModeSet | undefined> {
  let found = await show(client, asked, io)
  if (asked.json) return undefined
  const dialogue = io.openDialogue?.()
  if (dialogue === undefined)
    throw new CommandError(
      'usage',
      `Nobody is here to be asked. Nothing was changed. If that is right: rollcall app enforce ${asked.app} --yes --expect ${found.hash}`,
    )
  try {
    for (;;) {
      const answer = await dialogue.ask(`\nType the id of the app (${asked.app}) to have all of that done:`)
      if (answer !== asked.app) throw new CommandError('other', 'Nothing was changed.')
      if (io.now().getTime() - Date.parse(found.ended ?? found.created) < FRESH_MS) break
      const again = await findOut(client, { app: asked.app }, io)
      if (again.hash === found.hash) {
        found = { ...again, hash: found.hash }
        break
      }
      io.err(io.colours.red('Something has changed while you looked. This is what would be done now:'))
      found = await show(client, asked, io)
    }
  } finally {
    dialogue.close()
  }
  return enforce(client, asked.app, found)
}
