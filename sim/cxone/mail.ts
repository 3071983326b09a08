// Decides which mails a write causes and records them; none is ever sent.
import type { StoredUser } from './records.ts'
import type { UserWrite } from './user-fields.ts'
import type { World } from './world.ts'

export function sendInvite(user: StoredUser, world: World): void {
  world.mails.push({ to: user.emailAddress, kind: 'invite', at: new Date(world.now()).toISOString(), userId: user.id })
}

/** A changed address is verified by mail, and so is what emailToBeVerified names (facts 7). One mail an address. */
export function sendVerification(
  change: { before: StoredUser | undefined; write: UserWrite; user: StoredUser },
  world: World,
): void {
  const { before, write, user } = change
  const to = new Set<string>()
  if (before !== undefined && write.emailAddress !== undefined && !same(write.emailAddress, before.emailAddress)) {
    to.add(write.emailAddress)
  }
  const asked = write.emailToBeVerified
  if (asked !== undefined && asked !== null) {
    const known = [before?.emailToBeVerified, before === undefined ? write.emailAddress : before.emailAddress]
    const isNew = !known.some((address) => same(asked, address))
    if (isNew || world.switches.verificationMail === 'anyValue') to.add(asked)
  }
  for (const address of to) {
    world.mails.push({ to: address, kind: 'verification', at: new Date(world.now()).toISOString(), userId: user.id })
  }
}

function same(one: string, other: string | null | undefined): boolean {
  return typeof other === 'string' && one.toLowerCase() === other.toLowerCase()
}
