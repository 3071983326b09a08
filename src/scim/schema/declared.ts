/**
 * Schemas that an organisation declares beside those of RFC 7643: its section 3.3.
 * Decides how they become rows of the schema table; must not read a configuration.
 */
import { attribute, type Attribute, type AttributeType } from './attribute.ts'
import { GROUP, resourceType, USER, type ResourceType, type Schema } from './resource-type.ts'

export interface DeclaredPart {
  readonly name: string
  readonly type: AttributeType
  readonly description: string
  readonly required: boolean
  readonly caseExact: boolean
  readonly canonicalValues: readonly string[]
  readonly referenceTypes: readonly string[]
}

export interface DeclaredAttribute extends DeclaredPart {
  readonly multiValued: boolean
  readonly returned: 'default' | 'request'
  readonly attributes: readonly DeclaredPart[]
}

export interface DeclaredSchema {
  /** The URN of a new extension, or of a schema there is. */
  readonly schema: string
  readonly resource: ResourceType['name']
  readonly name?: string | undefined
  readonly description: string
  readonly attributes: readonly DeclaredAttribute[]
}

/**
 * The resource types with everything declared in them. Throws TypeError, with words for whoever declared it, where an
 * attribute would have the name of another of its schema.
 */
export function withDeclared(declared: readonly DeclaredSchema[]): readonly ResourceType[] {
  return [USER, GROUP].map((type) => {
    const own = declared.filter(({ resource }) => resource === type.name)
    return own.length === 0 ? type : resourceType(own.reduce(extended, type))
  })
}

type Row = Pick<ResourceType, 'name' | 'endpoint' | 'description' | 'schema' | 'extensions'>

function extended({ name, endpoint, description, schema, extensions }: Row, declared: DeclaredSchema): Row {
  const rows = declared.attributes.map(rowOf)
  const isMeant = ({ urn }: Schema): boolean => urn.toLowerCase() === declared.schema.toLowerCase()
  const more = (one: Schema): Schema => (isMeant(one) ? { ...one, attributes: [...one.attributes, ...rows] } : one)
  const isNew = ![schema, ...extensions].some(isMeant)
  const added: Schema = {
    urn: declared.schema,
    name: declared.name ?? lastPart(declared.schema),
    description: declared.description,
    attributes: rows,
    misnomers: NOTHING,
  }
  return {
    name,
    endpoint,
    description,
    schema: more(schema),
    extensions: isNew ? [...extensions, added] : extensions.map(more),
  }
}

const NOTHING = /^$/

const lastPart = (urn: string): string => urn.slice(urn.lastIndexOf(':') + 1)

function rowOf(declared: DeclaredAttribute): Attribute {
  const { multiValued, returned, attributes } = declared
  return attribute({
    ...partOf(declared),
    multiValued,
    returned,
    subAttributes: attributes.map((part) => attribute(partOf(part))),
  })
}

const partOf = ({ name, type, description, required, caseExact, canonicalValues, referenceTypes }: DeclaredPart) => ({
  name,
  type,
  description: description === '' ? name : description,
  required,
  caseExact,
  canonicalValues,
  referenceTypes: type === 'reference' && referenceTypes.length === 0 ? ['uri'] : referenceTypes,
})
