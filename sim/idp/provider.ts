/** What any played provider offers, so that one story can be told with each of them. Types only. */
import type { Belief, Outcome } from './beliefs.ts'
import type { Exchange } from './client.ts'
import type { Group, GroupBelief } from './groups.ts'
import type { Import } from './import.ts'
import type { Person, ProfileChanges } from './people.ts'

/**
 * Actions resolve to an {@link Outcome} and never reject for the server's sake. Okta and OneLogin send at once; Entra
 * notes the change in its directory (outcome "noted") and sends in its next cycle, so that a story for all of them acts
 * and then calls `catchUp`.
 */
export interface Provider {
  testCredentials(): Promise<Outcome>
  assign(person: Person): Promise<Outcome>
  push(person: Person, changes?: ProfileChanges): Promise<Outcome>
  rename(person: Person, userName: string): Promise<Outcome>
  /** The person leaves the application or is disabled; what is sent is the provider's way. */
  deactivate(person: Person): Promise<Outcome>
  reactivate(person: Person): Promise<Outcome>
  pushGroup(group: Group, members: readonly Person[]): Promise<Outcome>
  renameGroup(group: Group, displayName: string): Promise<Outcome>
  setMembers(group: Group, members: readonly Person[]): Promise<Outcome>
  deleteGroup(group: Group): Promise<Outcome>
  /**
   * What comes next if nobody changes anything: Entra's next cycle; for Okta and OneLogin, whose failed tasks stay, the
   * administrator's retry. The outcomes of what was tried.
   */
  catchUp(): Promise<Outcome[]>
  /** Reads every user there is; changes no belief. */
  importUsers(): Promise<Import>
  beliefs(): Belief[]
  groupBeliefs(): GroupBelief[]
  /** The last 10,000 exchanges, oldest first, without the credential. */
  exchanges(): readonly Exchange[]
  /** Requests sent so far. */
  readonly sent: number
  /** Ends waits and connections; an action under way rejects with an AbortError. */
  close(): void
}
