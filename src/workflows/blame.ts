/**
 * Whether the policy or the person is to blame for a value that an app does not take.
 * Decides it by where the value came from: what the policy has made up is the policy's fault, and so an open item of the
 * app; what it has passed on unchanged is the person's (docs/adr/0014). Must not decide what an app takes.
 */
import type { Refusal } from '../connectors/contract.ts'
import type { AccountAttributes, AttributeName } from '../identity/account.ts'
import { projectAttributes } from '../identity/project.ts'
import type { Change, PlanStep } from '../reconcile/change.ts'
import type { UserDocument } from '../scim/resource.ts'
import type { Asked } from './asked.ts'
import { Refused } from './delivery-context.ts'

export interface Whose {
  readonly asked: Asked
  readonly document: UserDocument
}

/** The error as it was, or the refusal of a value as the policy's fault. */
export function blamed(error: unknown, { asked, document }: Whose): unknown {
  if (!(error instanceof Refused) || error.refusal.code !== 'value-invalid' || error.change === undefined) return error
  const { refusal, change, written, step } = error
  const name = atFault(change, { refusal: refusal.detail, asked, document })
  return name === undefined
    ? error
    : new Refused(faultOf(name, `gives a value that the app does not take. ${refusal.detail}`), step, {
        written,
        change,
      })
}

/** Throws where no account can be made because the policy gives nothing for what the person has. */
export function assertMapped(
  steps: readonly PlanStep[],
  { asked, document, requires }: Whose & { readonly requires: readonly AttributeName[] },
): void {
  const [first] = steps
  if (first?.kind !== 'conflict' || first.state !== 'unmatched') return
  const own = projectAttributes(document)
  const wanted = { ...asked.wish.onCreate, ...asked.wish.attributes }
  const name = requires.find((one) => asked.mapped.has(one) && wanted[one] == null && own[one] != null)
  if (name === undefined) return
  const why = 'gives nothing for this person, who has one, and the app makes no account without it.'
  throw new Refused(faultOf(name, why), 'policy')
}

function faultOf(name: AttributeName, why: string): Refusal {
  const about = `attributes.${name}`
  return { ok: false, code: 'policy-invalid', retry: 'later', about, detail: `${about} of the policy ${why}` }
}

interface Refusing extends Whose {
  /** What the app said. */
  readonly refusal: string
}

/** The attribute made up by the policy that was refused; of several, those that the app speaks of, else the first. */
function atFault(change: Change, { refusal, asked, document }: Refusing): AttributeName | undefined {
  const values = Object.entries(valuesOf(change)).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [{ name: name as AttributeName, value }] : [],
  )
  const said = refusal.toLowerCase()
  const spoken = values.filter(({ name, value }) => said.includes(name.toLowerCase()) || said.includes(fold(value)))
  const own = textsOf(document)
  const suspects = spoken.length > 0 ? spoken : values
  return suspects.find(({ name, value }) => asked.mapped.has(name) && !own.has(fold(value)))?.name
}

const valuesOf = (change: Change): AccountAttributes => {
  if (change.kind === 'create') return change.want
  if (change.kind === 'update') return change.set
  return change.kind === 'rename' ? { userName: change.userName } : {}
}

const fold = (text: string): string => text.trim().toLowerCase()

/** Every text that the provider has sent of somebody, folded. */
function textsOf(value: unknown, into = new Set<string>()): ReadonlySet<string> {
  if (typeof value === 'string') into.add(fold(value))
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) textsOf(inner, into)
  return into
}
