/**
 * The order of names in a document.
 * Decides it by the schema table; must not change a value.
 */
import { isList, isObject, type JsonDraft, type JsonObject, type JsonValue } from './json.ts'
import type { Attribute } from './schema/attribute.ts'
import type { ResourceType } from './schema/resource-type.ts'

/** The same document in the order of the schema table. Names that the table does not have are left out. */
export function inOrder(type: ResourceType, document: JsonObject): JsonObject {
  const draft = arranged(type.attributes, document)
  for (const { urn, attributes } of type.extensions) {
    const extension = document[urn]
    if (isObject(extension)) draft[urn] = arranged(attributes, extension)
  }
  return draft
}

function arranged(attributes: readonly Attribute[], object: JsonObject): JsonDraft {
  const draft: JsonDraft = {}
  for (const attribute of attributes) {
    const value = object[attribute.name]
    if (value !== undefined)
      draft[attribute.name] = attribute.type === 'complex' ? arrangedValue(attribute, value) : value
  }
  return draft
}

function arrangedValue(attribute: Attribute, value: JsonValue): JsonValue {
  if (isList(value)) return value.map((element) => arrangedValue(attribute, element))
  return isObject(value) ? arranged(attribute.subAttributes, value) : value
}
