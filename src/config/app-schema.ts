/**
 * The keys of `apps:` that every app has.
 * Decides what may be written there; must not know any connector's own keys.
 */
import { z } from 'zod'
import { id } from './id-schema.ts'

/** The keys every app has; the others belong to its type. */
export const appSchema = z
  .looseObject({
    id: id.describe('Name of the app, unique in its tenant.'),
    type: z.string().min(1).describe('Which connector: for example `cxone`. It decides which other keys there are.'),
    mode: z
      .enum(['enforce', 'observe'])
      .optional()
      .describe(
        '`enforce` writes to the app. `observe` accepts, links and plans, and writes nothing. Without it a new app observes until `rollcall app enforce` has shown what that does and was told to; with it, only this file changes it.',
      ),
    adopt: z
      .enum(['matching', 'never'])
      .default('matching')
      .describe(
        '`matching` gives an account that exists already to the person of the same user name, if given or family name is the same too and the account is not protected. `never` leaves every such account to `rollcall link settle`.',
      ),
    protect: z
      .strictObject({
        userNames: z
          .array(z.string().min(1))
          .default([])
          .describe('Accounts that are never adopted, changed or disabled, by their user name in the app.'),
        roles: z
          .array(z.string().min(1))
          .optional()
          .describe(
            'Names or ids of roles whose holders are not adopted by rule. Without it: roles of administrators, managers and supervisors, and those that may change employees, roles or keys.',
          ),
      })
      .prefault({})
      .describe('Accounts that Rollcall keeps its hands off.'),
    readEveryMinutes: z
      .int()
      .min(1)
      .max(1440)
      .default(15)
      .describe(
        'How often the app is read for connections that show its accounts (`showAccountsOf`), beside once at each start.',
      ),
    policy: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'Who gets an account here, and with what: [Policy](policy.md) lists its keys. While it stands here or in `policyFile`, it cannot be saved otherwise; once both are taken out, the policy stays as it is until another is saved.',
      ),
    policyFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The file that holds the policy, in YAML or JSON; a relative path begins at the folder of rollcall.yaml.',
      ),
  })
  .describe('A target that gets accounts.')
