/**
 * Resources whose kept text is shown as it is, without reading it.
 * Decides when that says the same as encodeResource; must not know where documents are kept.
 */
import { locationOf, versionTag } from './encode.ts'
import type { JsonObject } from './json.ts'
import type { ResourceType } from './schema/resource-type.ts'

export interface KeptText {
  readonly id: string
  /** The kept document as JSON: an object. */
  readonly text: string
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
}

/** Names of all that documents of these types may hold, with how it is returned where that is not by default. */
export const shapeOf = (types: readonly ResourceType[]): readonly string[] =>
  types
    .flatMap((type) =>
      type.order.map(({ name, attribute: { returned } }) =>
        returned === 'default' || returned === 'always' ? `${type.name} ${name}` : `${type.name} ${name} ${returned}`,
      ),
    )
    .toSorted()

/**
 * Whether documents of these types, and those that were written with any of the earlier shapes, show all they hold: they may
 * hold what these types do not know, or what nobody sees by default.
 */
export function showsAsKept(types: readonly ResourceType[], earlier: readonly (readonly string[])[]): boolean {
  const known = new Set(shapeOf(types))
  const holdsMore = types.some(({ order }) =>
    order.some(({ attribute }) => attribute.returned === 'request' || isKeptUnseen(attribute)),
  )
  return !holdsMore && earlier.every((shape) => shape.every((name) => known.has(name)))
}

/** What is written and never returned is discarded, but for what an organisation has declared. */
const isKeptUnseen = ({ returned, mutability }: { readonly returned: string; readonly mutability: string }): boolean =>
  returned === 'never' && mutability !== 'writeOnly'

/** As `encodeResource` without a projection, for documents that show all they hold. `derived` is put beside the document. */
export function keptText(
  type: ResourceType,
  { id, text, version, createdAt, modifiedAt }: KeptText,
  { baseUrl, derived }: { readonly baseUrl: string; readonly derived?: JsonObject | undefined },
): string {
  const meta = `{"resourceType":"${type.name}","created":"${createdAt.toISOString()}","lastModified":"${modifiedAt.toISOString()}","location":${JSON.stringify(locationOf(type, id, baseUrl))},"version":${JSON.stringify(versionTag(version, derived))}}`
  const rest = text.length <= 2 ? '' : `,${text.slice(1, -1)}`
  const more = derived === undefined ? '' : `,${JSON.stringify(derived).slice(1, -1)}`
  return `{"schemas":${JSON.stringify(schemasIn(type, text))},"id":"${id}"${rest}${more},"meta":${meta}}`
}

/**
 * The schemas of a document by its text. The name of an extension followed by an object can be nowhere else: in a value
 * its quotes would be escaped.
 */
function schemasIn({ schema, extensions }: ResourceType, text: string): string[] {
  return [
    schema.urn,
    ...extensions.map(({ urn }) => urn).filter((urn) => text.includes(`"${urn}": {`) || text.includes(`"${urn}":{`)),
  ]
}
