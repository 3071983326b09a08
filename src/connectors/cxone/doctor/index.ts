/**
 * The doctor of CXone: one examination of the whole set-up, in the order in which causes come before what they cause.
 * Decides what is looked at when, and that everything behind a failure is unknown instead of red; must not write anything,
 * nor make more calls than visit.ts allows.
 */
import type { ConnectorIo } from '../../contract.ts'
import type { Examination, Finding, Tell } from '../../doctor.ts'
import { openClient } from '../client.ts'
import type { CxoneConfig } from '../config.ts'
import type { Session } from '../session.ts'
import { acd } from './acd.ts'
import { knock } from './address.ts'
import { authenticators } from './authenticators.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { clock } from './clock.ts'
import { cannotTell, isNot } from './findings.ts'
import { nativeScim } from './native-scim.ts'
import { employees, owner } from './people.ts'
import { onlyThis } from './last-session.ts'
import { openProbe, textOf } from './probe.ts'
import { rights, withProfiles } from './rights.ts'
import { roles } from './roles.ts'
import { discoveredBy, signIn } from './sign-in.ts'
import { teams } from './teams.ts'
import { openVisit, shapesOf, type Visit } from './visit.ts'

interface Watching {
  readonly tell: Tell
  /** What deliveries were signed in with, if they ever were. */
  readonly last: Session | undefined
}

export async function examine(entry: CxoneConfig, io: ConnectorIo, { tell, last }: Watching): Promise<Examination> {
  const visit = openVisit(io)
  const findings: Finding[] = []
  const note = async (...found: readonly Finding[]): Promise<void> => {
    for (const finding of found) {
      if (findings.some(({ check }) => check === finding.check)) continue
      const said = afterStop(finding, visit)
      findings.push(said)
      await tell(said)
    }
  }
  const cause = await look({ entry, visit, last }, note)
  await note(...Object.keys(CHECKS).map((check) => cannotTell(check as CheckName, cause)))
  return { findings, calls: visit.exchanges.length, shapes: shapesOf(visit.exchanges) }
}

/** What was not asked because nothing more may be asked is not blamed on anything else; but not to be signed in is. */
function afterStop(finding: Finding, visit: Visit): Finding {
  const why = visit.stopped()
  return why !== undefined && finding.status === 'blocked' && finding.found === why && finding.check !== 'sign-in'
    ? cannotTell(finding.check as CheckName, why)
    : finding
}

interface Patient {
  readonly entry: CxoneConfig
  readonly visit: Visit
  readonly last: Session | undefined
}

type Note = (...found: readonly Finding[]) => Promise<void>

/** Returns why what was not looked at could not be. */
async function look({ entry, visit, last }: Patient, note: Note): Promise<string> {
  const at = await knock(entry, visit)
  if (at.trouble !== undefined) {
    await note(isNot('address', 'blocked', at.trouble), clock(visit.exchanges))
    return 'Not checked, since the address does not answer as CXone does.'
  }
  const { findings, signedIn } = await signIn(entry, visit, at)
  const [address, ...others] = findings
  await note(...(address === undefined ? [] : [address]), clock(visit.exchanges), ...others)
  if (signedIn === undefined) {
    const refused = others.some(({ check, status }) => check === 'sign-in' && status === 'blocked')
    if (refused && last !== undefined) await note(...(await byLastToken({ entry, visit, last })))
    return 'Not checked, since signing in failed.'
  }
  const { sessions, session } = signedIn
  const probe = openProbe(openClient(sessions, visit.io).begin({ patienceMs: 0 }), visit)

  const staff = await employees(probe)
  await note(...staff.findings)
  if (!staff.reached) return 'Not checked, since the API does not answer.'
  const key = await owner(probe, { accessKeyId: entry.auth.accessKeyId, subject: session.subject })
  await note(...key.findings)
  const role = await roles(probe, { named: entry.defaults.role, user: key.user })
  await note(...role.findings)
  await note(...(await teams(probe, entry.defaults.team)))
  const half = await acd(probe, { acdVersion: entry.settings.acdVersion, alive: staff.alive })
  await note(...half.findings)
  await note(...rights(half.read === undefined ? role.own : await withProfiles(role.own, half.read)))
  const own = key.user && textOf(key.user, 'loginAuthenticatorId')
  const used = [...role.authenticators, ...half.authenticators, ...(own === undefined ? [] : [own])]
  await note(authenticators(entry.authenticators, used))
  await note(await nativeScim(entry, visit, { session, area: discoveredBy(visit)?.area }))
  return visit.stopped() ?? 'Not checked.'
}

/** The token that deliveries had last may outlive the key by minutes, and shows whether it is the key or its owner. */
async function byLastToken({ entry, visit, last }: Patient & { readonly last: Session }): Promise<readonly Finding[]> {
  const probe = openProbe(openClient(onlyThis(last), visit.io).begin({ patienceMs: 0 }), visit)
  const { findings } = await owner(probe, { accessKeyId: entry.auth.accessKeyId, subject: last.subject })
  return findings.filter(({ check, status }) => check === 'key-owner' && status !== 'unknown')
}
