/**
 * Single sign-on at the start: the checks of the admin API, the watch over certificates, and where launch links lead.
 * Decides what each is given; must not judge anything.
 */
import { callingFor } from '../connectors/purpose.ts'
import { openHttp } from '../connectors/http.ts'
import type { Workflow } from '../durable/runs.ts'
import type { SignOnChecks } from '../http/admin/sso-checks.ts'
import type { FindLaunch } from '../http/launch.ts'
import { signOnCrypto } from '../sign-on/crypto/signature.ts'
import { daysLeft } from '../sign-on/expiry.ts'
import { guideSteps } from '../sign-on/guide.ts'
import { changesOf } from '../sign-on/metadata-change.ts'
import { launchAddress } from '../sign-on/place.ts'
import { ticketText } from '../sign-on/ticket.ts'
import type { Db } from '../store/db.ts'
import { LANES, textOfAppKey, type AppKey } from '../store/deliveries.ts'
import { readSignOn, type SignOnRow } from '../store/sso.ts'
import { findIssuer } from '../store/views/launch.ts'
import { findLockedOut } from '../workflows/find-locked-out.ts'
import { checkSignOn, placeOf, type CheckAsked, type Checked, type SignOnContext } from '../workflows/sign-on.ts'
import { openCertificateWatch, WATCH_PACE } from '../workflows/watch-certificates-engine.ts'
import { watchedCertificates } from '../workflows/watch-certificates.ts'
import type { Surroundings } from './starting.ts'
import type { Targets } from './targets.ts'

interface SigningOn {
  readonly db: Db
  readonly targets: Targets
}

/** By the name that a run gives it. */
export const lockOutWorkflow = ({ db, targets }: SigningOn): Readonly<Record<'find-locked-out', Workflow>> => ({
  'find-locked-out': async (run) => {
    const app = String(run.input['app'])
    const connector = targets.get(textOfAppKey({ tenant: run.tenant, app }))?.connector
    if (connector === undefined) throw new Error(`the app ${app} is not open in this process`)
    const purpose = { urgency: LANES.interactive, id: 'locked-out' }
    return { ...(await callingFor(purpose, () => findLockedOut({ db, connector }, run))) }
  },
})

export interface SignOnParts {
  readonly signOn: SignOnChecks
  readonly launch: FindLaunch
}

export function openSignOn({
  db,
  targets,
  log,
  closers,
  onError,
}: SigningOn & Surroundings & { readonly onError: (error: unknown) => void }): SignOnParts {
  const http = openHttp({ onCall: (call) => log.debug({ call }, 'a provider was asked for its metadata') })
  closers.add('metadata of providers', http.close)
  const context: SignOnContext = { db, targets, fetch: http.fetch, crypto: signOnCrypto, now: () => new Date() }
  closers.add('the watch over certificates', openCertificateWatch({ ...context, pace: WATCH_PACE, log, onError }))
  return {
    signOn: {
      guide: (key, asked) => forPerson(() => guide(context, key, asked)),
      check: (key, { at, ...asked }) =>
        check(context, { ...key, ...named(asked), capturedAt: at === undefined ? undefined : new Date(at) }),
      give: (key, { actor, ...given }) => check(context, { ...key, ...named(given), keptBy: actor }),
    },
    launch: async (asked) => launchAddress((await findIssuer(db, asked)) ?? ''),
  }
}

/** Somebody waits for it. */
const forPerson = <T>(work: () => Promise<T>): Promise<T> =>
  callingFor({ urgency: LANES.interactive, id: 'sign-on' }, work)

const named = <T extends { idp: CheckAsked['provider'] }>({ idp, ...asked }: T) => ({ provider: idp, ...asked })

async function check(context: SignOnContext, asked: CheckAsked) {
  return forPerson(async () => {
    const known = await placeOf(context, asked)
    return known === undefined || known === 'none' ? known : told(await checkSignOn(context, asked, known))
  })
}

const told = ({ findings, values, ...checked }: Checked) => ({
  ...checked,
  findings: [...findings],
  values: { ...values },
})

type GuideAsked = Parameters<SignOnChecks['guide']>[1]

async function guide(context: SignOnContext, key: AppKey, { idp, protocol, base }: GuideAsked) {
  const known = await placeOf(context, key)
  if (known === undefined || known === 'none') return known
  const { place, why } = known
  if (place === undefined) return { trouble: `${key.app} could not be asked where its people sign in: ${why}` }
  const row = await readSignOn(context.db, key)
  const launchUrl = `${base}/launch/${key.tenant}/${key.app}`
  const input = { provider: idp, protocol, place, app: key.app, launchUrl }
  return {
    app: key.app,
    idp,
    protocol,
    place,
    placeTrouble: why ?? null,
    launchUrl,
    steps: guideSteps(input).map((step) => ({ ...step, values: [...step.values] })),
    ticket: ticketText({ ...input, metadata: row?.metadata ?? undefined }),
    watched: watchedOf(row, context.now()),
  }
}

function watchedOf(row: SignOnRow | undefined, now: Date) {
  const certificates = row === undefined ? [] : watchedCertificates(row)
  return {
    idp: row?.provider ?? null,
    metadataUrl: row?.metadataUrl ?? null,
    given: row?.givenAt?.toISOString() ?? null,
    seen: row?.seenAt?.toISOString() ?? null,
    why: row?.why ?? null,
    certificates: certificates.map((certificate) => {
      const { subject, fingerprint, notBefore, notAfter } = certificate
      return { subject, fingerprint, notBefore, notAfter, daysLeft: daysLeft(certificate, now) }
    }),
    changes: row?.metadata == null || row.seen === null ? [] : changesOf(row.metadata, row.seen),
  }
}
