/**
 * /api/v1/apps/{app}/policy: what is in force and was before, another one, and trying one on somebody.
 * Decides addresses, rights and statuses; must not read a policy, nor touch an app.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { idParam, pageQuery } from '../../contract/paging.ts'
import {
  newPolicy,
  policy,
  policySaved,
  policyTest,
  policyTestRequest,
  policyVersionPage,
  policyVersionWhole,
} from '../../contract/policy.ts'
import { policyWarnings, sentencesOf } from '../../operations/policy-warnings.ts'
import { savePolicy, type PlacedProblem, type SaveRefusal, type WrittenPolicy } from '../../operations/save-policy.ts'
import { listVersions, readPolicyStanding, readVersion } from '../../store/views/policies.ts'
import { noSuchApp } from './apps.ts'
import type { AdminContext, PolicyTested } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ app: idParam })
const version = z.coerce.number<string>().int().min(1).max(2_147_483_647)

export const policyRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, context) => {
  await api.register(versionRoutes, context)
  const { db, wake, policies } = context

  api.route({
    method: 'GET',
    url: '/apps/:app/policy',
    config: { right: 'read' },
    schema: {
      summary: 'The policy in force',
      tags: ['policies'],
      params,
      response: { 200: policy, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, app: request.params.app }
      const standing = await readPolicyStanding(db, key)
      if (standing === undefined) throw noSuchApp(key.app)
      const { declared, version: number } = standing
      const current = number === null ? undefined : await readVersion(db, { ...key, version: number })
      if (current === undefined) return { app: key.app, declared, current: null, problems: [], warnings: [] }
      const read = policies.read(key.tenant, { document: current.document })
      const found = read.policy === undefined ? [] : await policyWarnings(db, key, { before: undefined, ...read })
      return {
        app: key.app,
        declared,
        current: { app: key.app, ...current },
        problems: (read.problems ?? []).map(lineOf),
        warnings: found.map(sentencesOf),
      }
    },
  })

  api.route({
    method: 'PUT',
    url: '/apps/:app/policy',
    config: { right: 'act' },
    schema: {
      summary: 'Bring another policy into force',
      description:
        'Nothing is written to anybody by it: people are decided anew as they change. Deliveries that had waited for another policy are tried again.',
      tags: ['policies'],
      params,
      body: newPolicy,
      response: { 200: policySaved, ...problems('not-found', 'conflict', 'policy-invalid') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const { app } = request.params
      const { expectedVersion: expected, ...written } = request.body
      const asked = { tenant: key.tenant, app, written: writtenOf(written), expected, actor: actorOf(key) }
      const result = await savePolicy({ db, wake, readPolicy: policies.read }, asked)
      if (!result.ok) throw refused(result.refusal, app)
      const { changes, warnings, ...saved } = result.saved
      return { app, ...saved, changes: [...changes], warnings: [...warnings] }
    },
  })

  api.route({
    method: 'POST',
    url: '/apps/:app/policy/test',
    config: { right: 'read' },
    schema: {
      summary: 'Say what the policy in force, or another one, comes to for somebody',
      description: 'Reads the account as it is now, if the app answers. Writes nothing.',
      tags: ['policies'],
      params,
      body: policyTestRequest,
      response: { 200: policyTest, ...problems('not-found', 'conflict', 'policy-invalid') },
    },
    handler: async (request) => {
      const { app } = request.params
      const { userName, connection, ...written } = request.body
      const given = written.text === undefined && written.document === undefined ? undefined : writtenOf(written)
      const asked = { tenant: apiKeyOf(request).tenant, app, userName, connection, written: given }
      const result = await policies.test(asked)
      if (!result.ok) throw notTested(result.refusal, asked)
      return result.tested
    },
  })
}

const versionRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'GET',
    url: '/apps/:app/policy/versions',
    config: { right: 'read' },
    schema: {
      summary: 'Every policy that was ever in force, newest first',
      tags: ['policies'],
      params,
      querystring: pageQuery,
      response: { 200: policyVersionPage, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, app: request.params.app }
      const { limit, cursor } = request.query
      if ((await readPolicyStanding(db, key)) === undefined) throw noSuchApp(key.app)
      const { items, next } = await listVersions(db, { ...key, limit, before: decodeCursor(cursor, z.int()) })
      return { items: [...items], next: encodeCursor(next) }
    },
  })

  api.route({
    method: 'GET',
    url: '/apps/:app/policy/versions/:version',
    config: { right: 'read' },
    schema: {
      summary: 'One of them, whole',
      tags: ['policies'],
      params: params.extend({ version }),
      response: { 200: policyVersionWhole, ...problems('not-found') },
    },
    handler: async (request) => {
      const { app, version: number } = request.params
      const key = { tenant: apiKeyOf(request).tenant, app }
      if ((await readPolicyStanding(db, key)) === undefined) throw noSuchApp(app)
      const found = await readVersion(db, { ...key, version: number })
      if (found !== undefined) return { app, ...found }
      throw new Problem(
        'not-found',
        `The policy of ${app} has no version ${number}. The command rollcall policy versions ${app} shows those there are.`,
      )
    },
  })
}

/** The schema has seen to it that there is one of the two. */
const writtenOf = ({ text, document }: { text?: string | undefined; document?: unknown }): WrittenPolicy =>
  text === undefined ? { document } : { text }

function refused(refusal: SaveRefusal, app: string): Problem {
  switch (refusal.kind) {
    case 'no-such-app':
      return noSuchApp(app)
    case 'detached':
      return new Problem(
        'conflict',
        `The app "${app}" is no longer in rollcall.yaml, so nobody is decided about for it. Declare it again first.`,
      )
    case 'declared':
      return new Problem(
        'conflict',
        `rollcall.yaml says what the policy of "${app}" is. Change it there, or take policy and policyFile out of the app's entry: the policy then stays as it is until another is saved.`,
      )
    case 'other-version':
      return new Problem('conflict', otherVersion(refusal.version))
    case 'problems':
      return unusable(refusal.problems)
  }
}

const lineOf = ({ at, message, fix }: Pick<PlacedProblem, 'at' | 'message' | 'fix'>): string =>
  `${at === '' ? '' : `${at}: `}${message}. ${fix}`

const otherVersion = (version: number): string =>
  version === 0
    ? 'The app has no policy, so no version of it is the one that was expected. Expect 0, or none.'
    : `Version ${version} is in force, not the one that was expected: somebody has saved another meanwhile. Look at it, and save again.`

/** Each with its place; the caller shows them all. */
export function unusable(found: readonly PlacedProblem[]): Problem {
  const errors = found.map(({ at, path: _path, part: _part, ...rest }) => ({ path: at, ...rest }))
  const count = errors.length === 1 ? 'one thing' : `${errors.length} things`
  const [first] = errors
  const words = first === undefined ? '' : ` ${lineOf({ ...first, at: first.path })}`
  return new Problem('policy-invalid', `There is ${count} to mend.${words}`, errors)
}

function notTested(
  refusal: Extract<PolicyTested, { ok: false }>['refusal'],
  { app, userName, connection }: { app: string; userName: string; connection: string | undefined },
): Problem {
  const where = connection === undefined ? '' : ` in the connection ${connection}`
  switch (refusal.kind) {
    case 'no-such-app':
      return noSuchApp(app)
    case 'nobody':
      return new Problem('not-found', `Nobody has the user name "${userName}"${where}.`)
    case 'several':
      return new Problem(
        'conflict',
        `"${userName}" is there in several connections: say which. Possible: ${refusal.connections.join(', ')}.`,
      )
    case 'problems':
      return unusable(refusal.problems)
  }
}
