/**
 * Accepts a new identity.
 * Decides that the name must be free in its world; must not talk to any app.
 */
import type { UserDocument } from '../scim/resource.ts'
import { insertUser, readUser, type Accepted, type StoredUser } from '../store/users.ts'
import { wakeApps, type Caller, type OperationContext, type Result } from './context.ts'
import { madeAfterAll } from './lost-answer.ts'
import { columnsOf } from './user-columns.ts'

const TRIES = 5

/** One statement: identity, event and delivery rows are committed together when this resolves. */
export async function createUser(
  context: OperationContext,
  caller: Caller,
  document: UserDocument,
): Promise<Result<StoredUser>> {
  const [id, at] = [context.newId(), context.now()]
  const columns = columnsOf(document)
  const insert = (): Promise<Accepted | 'name-taken' | 'stale'> =>
    insertUser(context.db, caller, {
      id,
      ...columns,
      at,
      actor: caller.actor,
      event: { kind: 'user.created', data: { userName: columns.userName, active: columns.active } },
      urgent: false,
    }).catch((error: unknown) =>
      madeAfterAll(context.db, error, async () => {
        const made = await readUser(context.db, caller, id)
        // The apps were not named; the next sweep wakes them.
        return made === undefined ? undefined : { version: made.version, apps: [] }
      }),
    )
  let accepted = await insert()
  for (let tries = 1; accepted === 'stale' && tries < TRIES; tries++) accepted = await insert()
  if (accepted === 'stale') return { ok: false, refusal: { kind: 'busy', id: columns.userName } }
  if (accepted === 'name-taken') return { ok: false, refusal: { kind: 'user-name-taken', userName: columns.userName } }
  wakeApps(context, caller.tenant, accepted.apps)
  return { ok: true, value: { id, document, version: 1, createdAt: at, modifiedAt: at } }
}
