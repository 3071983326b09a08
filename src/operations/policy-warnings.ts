/**
 * What of another policy costs money, sends e-mail or changes accounts that were there before, for whoever saves it.
 * Decides what is worth a warning; must not decide whether it may be saved.
 */
import type { Policy } from '../policy/policy.ts'
import { readPolicyPath, renderPolicyPath, type PolicyProblem } from '../policy/problem.ts'
import type { PolicyDocument } from '../policy/schema.ts'
import type { Queryable } from '../store/db.ts'
import type { AppKey } from '../store/deliveries.ts'
import { findMeant, readCharges } from '../store/views/entitlements.ts'

/** In the shape of a {@link PolicyProblem}, though it keeps nobody from saving. */
export type PolicyWarning = Pick<PolicyProblem, 'path' | 'message' | 'fix'>

/** With its place, in whole sentences. */
export const sentencesOf = ({ path, message, fix }: PolicyWarning): string =>
  `${message}. ${fix} (${renderPolicyPath(path)})`

/** Only what the policy before did not say already; without one, all that there is. */
export async function policyWarnings(
  db: Queryable,
  key: AppKey,
  { before, policy }: { readonly before: Partial<PolicyDocument> | undefined; readonly policy: Policy },
): Promise<readonly PolicyWarning[]> {
  const { document } = policy
  const invites = document.account.invite && before?.account?.invite !== true
  const owned = (['role', 'team', 'loginAuthenticator', 'licence'] as const).filter(
    (name) => document.owns[name] === 'always' && before?.owns?.[name] !== 'always',
  )
  return [
    ...(await costs(db, key, { before, policy })),
    ...(invites ? [INVITES] : []),
    ...owned.map((name) => ({
      path: ['owns', name],
      message: `The ${name} of accounts that are there follows the rules, also of adopted ones`,
      fix: `Write \`onCreate\` to set it for new accounts only.`,
    })),
  ]
}

const INVITES: PolicyWarning = {
  path: ['account', 'invite'],
  message: 'New people who sign in with a password of the app are asked in by e-mail',
  fix: 'Leave it out if somebody else does that.',
}

async function costs(
  db: Queryable,
  key: AppKey,
  { before, policy }: { readonly before: Partial<PolicyDocument> | undefined; readonly policy: Policy },
): Promise<readonly PolicyWarning[]> {
  const known = JSON.stringify(before ?? {})
  const teams = policy.mentions.named.team
    .filter(({ name }) => !known.includes(JSON.stringify(name)))
    .map(({ name, at }) => ({ kind: 'team', name, at }))
  const meant = (await findMeant(db, key, teams)).flatMap((entries, at) =>
    entries.map(({ id, name }) => ({ id, name, at: teams[at]?.at[0] ?? '' })),
  )
  const charges = await readCharges(db, key, { kind: 'team', ids: meant.map(({ id }) => id) })
  return meant.flatMap(({ id, name, at }) => {
    const features = charges.get(id) ?? []
    if (features.length === 0) return []
    const message = `Everybody in the team ${JSON.stringify(name)} is charged for ${features.join(', ')}`
    return [{ path: readPolicyPath(at), message, fix: 'Give another team where that is not meant.' }]
  })
}
