/**
 * The names of SAML 2.0 and XML signatures, and how to get about in a document that uses them.
 * Decides nothing; must not judge.
 */
import type { XmlElement } from './xml.ts'

export const NS = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
} as const
export type Namespace = keyof typeof NS

export const is = (element: XmlElement, namespace: Namespace, local: string): boolean =>
  element.local === local && element.namespace === NS[namespace]

export const childrenOf = (element: XmlElement | undefined, namespace: Namespace, local: string): XmlElement[] =>
  (element?.children ?? []).filter((child) => is(child, namespace, local))

export const childOf = (element: XmlElement | undefined, namespace: Namespace, local: string): XmlElement | undefined =>
  childrenOf(element, namespace, local)[0]

/** An attribute without a prefix. */
export const attributeOf = (element: XmlElement | undefined, local: string): string | undefined =>
  element?.attributes.find((it) => it.local === local && it.namespace === '')?.value

export const textOf = (element: XmlElement | undefined): string | undefined => {
  const text = element?.text.trim()
  return text === undefined || text === '' ? undefined : text
}

export interface Placed {
  readonly element: XmlElement
  readonly parent: XmlElement | undefined
}

/** An element and everything below it, in the order of the document, each with its parent. */
export function everything(element: XmlElement): Placed[] {
  const found: Placed[] = [{ element, parent: undefined }]
  for (let at = 0; at < found.length; at++) {
    const parent = found[at]?.element
    if (parent !== undefined) for (const child of parent.children) found.push({ element: child, parent })
  }
  return found
}

/** The values by which a signature can name an element: of attributes called ID, in any spelling and namespace. */
export const idsOf = (element: XmlElement): string[] =>
  element.attributes.filter(({ local }) => local.toLowerCase() === 'id').map(({ value }) => value)
