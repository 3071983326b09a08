/**
 * How this tenant wants a write to be worded, where nobody has written it down (facts, section 4.2).
 * Decides what to try next after a refusal, and remembers what was accepted; must not call CXone itself.
 */
import { MODEL, type PutForm } from './map.ts'
import { isRefusedAsAsked } from './refusal.ts'
import type { Entry } from './schema.ts'

export interface RoleForm {
  readonly as: 'read' | 'id' | 'name'
  readonly value: string
}

export interface Wording {
  /** The forms a role can be sent in, likeliest first. `read` is how it came, where it is not to change. */
  roleForms(entry: Entry, read?: string): readonly RoleForm[]
  /**
   * Attempts a write until a wording is accepted, changing one thing at a time; the last refusal is thrown when
   * nothing is left that could be at fault. `attempt` throws a refusal or answers the result.
   */
  speak<T>(roles: readonly RoleForm[], attempt: (form: PutForm) => Promise<T>): Promise<T>
}

export function openWording(): Wording {
  let extras = true
  let blanks = false
  let roleAs: 'id' | 'name' | undefined

  return {
    roleForms: (entry, read) => {
      const id: RoleForm = { as: 'id', value: entry.id }
      const name: RoleForm = { as: 'name', value: entry.name }
      const known = roleAs === undefined ? [id, name] : roleAs === 'id' ? [id] : [name]
      const forms: readonly RoleForm[] = read === undefined ? known : [{ as: 'read', value: read }, ...known]
      return forms.filter(({ value }, index) => forms.findIndex((form) => form.value === value) === index)
    },
    speak: async (roles, attempt) => {
      const tried = new Set<Turn>()
      const forms = [...roles]
      let form = { extras, blanks }
      for (;;) {
        const role = forms[0]
        try {
          const result = await attempt({ ...form, role: role?.value ?? '' })
          ;({ extras, blanks } = form)
          if (role !== undefined && role.as !== 'read' && roles.length > 1) roleAs = role.as
          return result
        } catch (error) {
          if (!isRefusedAsAsked(error)) throw error
          const left = TURNS.filter((turn) => !tried.has(turn) && possible(turn, { form, roles: forms.length }))
          const turn = blamed(error.said, left)
          if (turn === undefined) throw error
          if (turn === 'role') {
            forms.shift()
            continue
          }
          tried.add(turn)
          form = turn === 'blanks' ? { extras: form.extras, blanks: true } : { extras: false, blanks: form.blanks }
        }
      }
    },
  }
}

/** What can be worded otherwise. */
type Turn = 'blanks' | 'role' | 'extras'
const TURNS: readonly Turn[] = ['blanks', 'role', 'extras']

const possible = (
  turn: Turn,
  { form, roles }: { form: { extras: boolean; blanks: boolean }; roles: number },
): boolean => (turn === 'role' ? roles > 1 : turn === 'blanks' ? !form.blanks : form.extras)

const BLAMES: Readonly<Record<Turn, RegExp>> = {
  blanks: /assignedGroup|emailToBeVerified|required|missing|mandatory|must not be/i,
  role: /role/i,
  extras: /unknown|unrecogni[sz]ed|not allowed|unexpected|additional|unsupported/i,
}

/** What the refusal speaks of; if it speaks of another field, nothing; if of nothing we know, the next thing. */
function blamed(said: string, left: readonly Turn[]): Turn | undefined {
  const named = left.find((turn) => BLAMES[turn].test(said))
  if (named !== undefined) return named
  const speaksOfAnother = MODEL.some(
    (field) => field !== 'id' && field !== 'role' && new RegExp(String.raw`\b${field}\b`, 'i').test(said),
  )
  return speaksOfAnother ? undefined : left[0]
}
