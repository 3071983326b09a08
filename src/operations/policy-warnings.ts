/**
 * What of another policy costs money, sends e-mail or changes accounts that were there before, for whoever saves it.
 * Decides what is worth a warning; must not decide whether it may be saved.
 */
import type { Policy } from '../policy/policy.ts'
import type { PolicyDocument } from '../policy/schema.ts'
import type { Queryable } from '../store/db.ts'
import type { AppKey } from '../store/deliveries.ts'
import { findMeant, readCharges } from '../store/views/entitlements.ts'

/** Only what the policy before did not say already. Sentences. */
export async function policyWarnings(
  db: Queryable,
  key: AppKey,
  { before, policy }: { readonly before: Partial<PolicyDocument> | undefined; readonly policy: Policy },
): Promise<readonly string[]> {
  const { document } = policy
  const invites = document.account.invite && before?.account?.invite !== true
  const owned = (['role', 'team', 'loginAuthenticator', 'licence'] as const).filter(
    (name) => document.owns[name] === 'always' && before?.owns?.[name] !== 'always',
  )
  return [
    ...(await costs(db, key, { before, policy })),
    ...(invites ? ['New people who sign in with a password of the app are asked in by e-mail from now on.'] : []),
    ...owned.map(
      (name) => `The ${name} of accounts that are there follows the rules from now on, also of adopted ones.`,
    ),
  ]
}

async function costs(
  db: Queryable,
  key: AppKey,
  { before, policy }: { readonly before: Partial<PolicyDocument> | undefined; readonly policy: Policy },
): Promise<readonly string[]> {
  const known = JSON.stringify(before ?? {})
  const teams = policy.mentions.named.team
    .filter(({ name }) => !known.includes(JSON.stringify(name)))
    .map(({ name, at }) => ({ kind: 'team', name, at }))
  const meant = (await findMeant(db, key, teams)).flat()
  const charges = await readCharges(db, key, { kind: 'team', ids: meant.map(({ id }) => id) })
  return meant.flatMap(({ id, name }) => {
    const features = charges.get(id) ?? []
    return features.length === 0
      ? []
      : [`Everybody in the team ${JSON.stringify(name)} is charged for ${features.join(', ')}.`]
  })
}
