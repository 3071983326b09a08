/**
 * Texts of groups with all their members, held ready for whoever asks again.
 * Decides which are held and for how long; must not hold one that says anything else than the database would.
 *
 * A group's version moves with whoever comes or goes, its `names` with whatever else its members show. Two who write at the
 * same time may not see each other, so a text is held only if nobody was writing between the two readings it is made of.
 */
import { namesAreSettled, type StoredGroup } from '../../store/views/groups.ts'
import { groupText, type GroupShown } from './group-text.ts'

/** Bytes of all texts together, and of the largest one. */
const MOST_BYTES = 32 * 1024 * 1024
const LARGEST = 6 * 1024 * 1024

export interface GroupTexts {
  /** Undefined where the text is too large to be held, cannot be just now, or there is nothing in it that would be worth it. */
  whole(shown: GroupShown, group: StoredGroup): Promise<Buffer | undefined>
}

interface Held {
  readonly token: string
  readonly text: Promise<Buffer | undefined>
  bytes: number
}

export function openGroupTexts(): GroupTexts {
  const held = new Map<string, Held>()
  let bytes = 0
  const drop = (key: string): void => {
    bytes -= held.get(key)?.bytes ?? 0
    held.delete(key)
  }
  const begin = (key: string, token: string, made: Promise<Made>): Held => {
    const entry: Held = { token, text: made.then(({ text }) => text), bytes: 0 }
    held.set(key, entry)
    const release = (): void => {
      if (held.get(key) === entry) drop(key)
    }
    const settle = (size: number): void => {
      if (held.get(key) !== entry) return
      entry.bytes = size
      bytes += size
      for (const oldest of held.keys()) {
        if (bytes <= MOST_BYTES) break
        drop(oldest)
      }
    }
    made.then(({ text, holds }) => (holds ? settle((text?.byteLength ?? 0) + key.length) : release()), release)
    return entry
  }
  return {
    whole: (shown, group) => {
      const key = keyOf(shown, group)
      const token = `${group.version}.${group.names}`
      const known = held.get(key)
      if (known?.token === token) {
        // Whoever was asked for last goes last.
        held.delete(key)
        held.set(key, known)
        return known.text
      }
      drop(key)
      return begin(key, token, gathered(shown, group)).text
    },
  }
}

function keyOf({ world, baseUrl, projection }: GroupShown, { id }: StoredGroup): string {
  const { only, without } = projection ?? {}
  return JSON.stringify([world.tenant, world.connection, id, baseUrl, only && [...only], without && [...without]])
}

interface Made {
  readonly text: Buffer | undefined
  /** It is as good for whoever asks next. */
  readonly holds: boolean
}

async function gathered(shown: GroupShown, group: StoredGroup): Promise<Made> {
  const text = groupText(shown, group)
  if (typeof text === 'string') return { text: undefined, holds: true }
  if (!(await namesAreSettled(shown.db))) return { text: undefined, holds: false }
  let all = ''
  for await (const piece of text) {
    all += piece
    if (all.length > LARGEST) return { text: undefined, holds: true }
  }
  return { text: Buffer.from(all), holds: true }
}
