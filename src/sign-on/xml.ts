/**
 * Reads XML that strangers wrote into plain data.
 * Decides how much of it is read and what is refused before anything is judged; must not know SAML.
 *
 * A document type is refused wherever it stands, so there are no entities but the five of XML itself. The reader is the only
 * one whose tree is judged: what a signature covers is read anew, from the bytes that were verified (crypto/signature.ts).
 */
import { SaxesParser } from 'saxes'

export interface XmlAttribute {
  readonly local: string
  readonly namespace: string
  readonly value: string
}

export interface XmlElement {
  readonly local: string
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlElement[]
  /** Its own text, without that of its children. */
  readonly text: string
}

export type XmlProblem = 'empty' | 'too-large' | 'html' | 'doctype' | 'too-deep' | 'too-many' | 'broken'

export type XmlRead =
  | { readonly ok: true; readonly root: XmlElement; readonly comments: boolean }
  | { readonly ok: false; readonly problem: XmlProblem; readonly words: string }

export interface XmlLimits {
  readonly characters: number
  readonly depth: number
  readonly elements: number
  /** Of one element. */
  readonly attributes: number
}

/** A federation document of a large provider is below 200 KiB; a response with hundreds of groups below 100 KiB. */
export const XML_LIMITS: XmlLimits = { characters: 1_000_000, depth: 40, elements: 10_000, attributes: 50 }

class Refused extends Error {
  readonly problem: XmlProblem
  constructor(problem: XmlProblem, words: string) {
    super(words)
    this.problem = problem
  }
}

/** Never throws, and never takes more work than the limits allow. */
export function readXml(text: string, limits: XmlLimits = XML_LIMITS): XmlRead {
  try {
    return { ok: true, ...build(beginningOf(text, limits), limits) }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.problem, words: error.message }
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, problem: 'broken', words: `It is not well-formed XML: ${why.slice(0, 200)}` }
  }
}

function beginningOf(text: string, limits: XmlLimits): string {
  if (text.length > limits.characters)
    throw new Refused('too-large', `It is larger than the ${limits.characters} characters that are read.`)
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (trimmed === '') throw new Refused('empty', 'It is empty.')
  const beginning = trimmed.slice(0, 200)
  if (/^<(?:!doctype\s+html|html)\b/i.test(beginning))
    throw new Refused(
      'html',
      'It is a web page and no XML: perhaps the sign-in page was saved instead of the document.',
    )
  return trimmed
}

type Growing = { -readonly [K in keyof XmlElement]: K extends 'children' ? Growing[] : XmlElement[K] }

function build(text: string, limits: XmlLimits): { readonly root: XmlElement; readonly comments: boolean } {
  const parser = new SaxesParser({ xmlns: true, position: true })
  const open: Growing[] = []
  let root: Growing | undefined
  let elements = 0
  let comments = false
  parser.on('doctype', () => {
    throw new Refused('doctype', 'It holds a DOCTYPE, which no SAML document has and which is refused.')
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('comment', () => {
    comments = true
  })
  parser.on('attribute', () => {
    // Before the tag is complete, so that a tag of a million attributes is not read to its end.
    if (++attributes > limits.attributes) throw new Refused('too-many', 'One of its elements has too many attributes.')
  })
  let attributes = 0
  parser.on('opentag', ({ local, uri, attributes: given }) => {
    attributes = 0
    if (++elements > limits.elements) throw new Refused('too-many', `It holds more than ${limits.elements} elements.`)
    if (open.length >= limits.depth) throw new Refused('too-deep', `It is nested deeper than ${limits.depth} elements.`)
    const element: Growing = {
      local,
      namespace: uri,
      attributes: Object.values(given).map((it) => ({ local: it.local, namespace: it.uri, value: it.value })),
      children: [],
      text: '',
    }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const addText = (part: string): void => {
    const inside = open.at(-1)
    if (inside !== undefined) inside.text += part
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(text).close()
  if (root === undefined) throw new Refused('empty', 'It holds no element.')
  return { root, comments }
}
