// Decides every choice that must come out the same for the same seed. Never reads the clock or a real random source.

export interface Seeded {
  /** From 0 up to, not including, `limit`. */
  below(limit: number): number
  pick<T>(list: readonly T[]): T
  /** A version 4 UUID by its looks. */
  uuid(): string
  /** Upper-case letters and digits, as keys are made of. */
  code(length: number): string
}

const CODE_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Streams with different names are independent, so that more users do not change which teams there are. */
export function seeded(seed: number, stream: string): Seeded {
  const next = generator(`${seed}/${stream}`)
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    pick: (list) => {
      const chosen = list[below(list.length)]
      if (chosen === undefined) throw new Error(`nothing to pick from in stream ${stream}`)
      return chosen
    },
    uuid: () => uuidFrom([next(), next(), next(), next()]),
    code: (length) => Array.from({ length }, () => CODE_LETTERS[below(CODE_LETTERS.length)]).join(''),
  }
}

function uuidFrom(words: readonly number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** The small fast counting generator (sfc32): four words of state, 32 bits out. */
function generator(name: string): () => number {
  let [a, b, c, count] = [hash(name, 1), hash(name, 2), hash(name, 3), 1]
  const next = (): number => {
    const out = (a + b + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + out
    c |= 0
    return out >>> 0
  }
  for (let warmUp = 0; warmUp < 16; warmUp++) next()
  return next
}

function hash(text: string, salt: number): number {
  let value = 2166136261 ^ salt
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619)
  return value | 0
}
