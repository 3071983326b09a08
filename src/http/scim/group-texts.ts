/**
 * Texts of groups with all their members, held ready for whoever asks again.
 * Decides which are held and for how long; must not hold one that says anything else than the database would.
 *
 * A group's version moves with whoever comes or goes, its `names` with whatever else its members show.
 */
import type { StoredGroup } from '../../store/views/groups.ts'
import { groupText, type GroupShown } from './group-text.ts'

/** Bytes of all texts together, and of the largest one. */
const MOST_BYTES = 32 * 1024 * 1024
const LARGEST = 6 * 1024 * 1024

export interface GroupTexts {
  /** Undefined where the text is too large to be held, or there is nothing in it that would be worth it. */
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
  const begin = (key: string, token: string, text: Promise<Buffer | undefined>): Held => {
    const entry: Held = { token, text, bytes: 0 }
    held.set(key, entry)
    const settle = (size: number): void => {
      if (held.get(key) !== entry) return
      entry.bytes = size
      bytes += size
      for (const oldest of held.keys()) {
        if (bytes <= MOST_BYTES) break
        drop(oldest)
      }
    }
    text.then(
      (made) => settle((made?.byteLength ?? 0) + key.length),
      () => held.get(key) === entry && drop(key),
    )
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

async function gathered(shown: GroupShown, group: StoredGroup): Promise<Buffer | undefined> {
  const text = groupText(shown, group)
  if (typeof text === 'string') return undefined
  let all = ''
  for await (const piece of text) {
    all += piece
    if (all.length > LARGEST) return undefined
  }
  return Buffer.from(all)
}
