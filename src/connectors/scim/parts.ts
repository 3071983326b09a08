/**
 * What the connection to one server is made of.
 * Decides what knows what, and how long what the server says of itself is believed; must not call by itself.
 */
import type { ConnectorIo } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import type { ScimSettings } from './config.ts'
import { openDirectory, type Directory } from './directory.ts'
import { openGrants, type MakeGrant } from './grants.ts'
import { openGroups, type Groups } from './groups.ts'
import { openLister, type Lister } from './list.ts'
import { openMemberships, type Memberships } from './memberships.ts'
import { openResolver, type Resolve } from './resolve.ts'
import { readService, UNKNOWN, type Service } from './service.ts'
import { openSight, type Sight } from './sight.ts'
import { openWriter, type Writer } from './write.ts'

export interface Parts {
  readonly service: () => Promise<Service>
  /** What was last heard; before that, what is taken for granted. */
  readonly known: () => Service
  readonly list: Lister
  readonly directory: Directory
  readonly groups: Groups
  readonly memberships: Memberships
  readonly sight: Sight
  readonly resolve: Resolve
  readonly writer: Writer
  readonly makeGrant: MakeGrant
}

interface Means {
  readonly settings: ScimSettings
  readonly io: ConnectorIo
  readonly begin: () => Ask
}

/** A server may be upgraded while we are connected. */
const BELIEVED_MS = 3_600_000

export function openParts({ settings, io, begin }: Means): Parts {
  let last: Service | undefined
  let until = 0
  let asking: Promise<Service> | undefined
  const ask = (): Promise<Service> => {
    asking ??= readService(begin(), settings)
      .then((service) => {
        until = io.now().getTime() + BELIEVED_MS
        return (last = service)
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  const service = async (): Promise<Service> => (last !== undefined && io.now().getTime() < until ? last : ask())
  const known = (): Service => last ?? { ...UNKNOWN, groups: settings.groups !== 'no' }
  const warn = (message: string): void => io.log.warn({}, message)
  const sight = openSight(warn)
  const list = openLister(service, settings)
  const directory = openDirectory({ service, list, settings, warn })
  const groups = openGroups({ service, list, settings, warn })
  const memberships = openMemberships({ service, list, settings, directory })
  return {
    service,
    known,
    list,
    directory,
    groups,
    memberships,
    sight,
    resolve: openResolver({ directory, groups, now: io.now }),
    writer: openWriter({ service, directory, settings, sight }),
    makeGrant: openGrants({ directory, groups, memberships, settings }),
  }
}
