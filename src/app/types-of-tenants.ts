/**
 * The User and Group of each tenant.
 * Decides that extensions which do not go together stop the start; must not know what a tenant declares.
 */
import type { Config } from '../config.ts'
import { withDeclared } from '../scim/schema/declared.ts'
import type { ResourceType } from '../scim/schema/resource-type.ts'
import { StartError } from './starting.ts'

/** The resource types of each tenant, with what it declares. */
export function typesOfTenants(config: Config): ReadonlyMap<string, readonly ResourceType[]> {
  return new Map(
    config.tenants.map(({ id, extensions }) => {
      try {
        return [id, withDeclared(extensions)]
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        throw new StartError(`The extensions of tenant ${id} do not go together: ${error.message}. Rename one of them.`)
      }
    }),
  )
}
