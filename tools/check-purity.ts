/**
 * The part of purity that lint cannot say: `new Date()` and `Date()` without arguments, and random members of node:crypto.
 * Decides that in pure folders and workflows the time and every random value are passed in; must not judge anything else.
 */
import ts from 'typescript'
import { filesBelow, read } from './tree.ts'
import { verdict, type Verdict } from './verdict.ts'

const PURE = /^src\/(?:scim|identity|policy|reconcile|sign-on|audit|licence|contract|workflows)\/.*\.ts$/
const TEST = /\.test\.ts$/
const RANDOM = /^(?:random|generate|getRandomValues|webcrypto)/

const isDate = (node: ts.Expression): boolean => ts.isIdentifier(node) && node.text === 'Date'

/** What is wrong with one node, or nothing. */
const faultOf = (node: ts.Node): string | undefined => {
  if (ts.isNewExpression(node) && isDate(node.expression) && (node.arguments?.length ?? 0) === 0) {
    return '`new Date()` reads the clock; the time is passed in'
  }
  if (ts.isCallExpression(node) && isDate(node.expression)) return '`Date()` reads the clock; the time is passed in'
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return undefined
  if (!/^(?:node:)?crypto$/.test(node.moduleSpecifier.text)) return undefined
  const names = node.importClause?.namedBindings
  if (names === undefined || !ts.isNamedImports(names)) return 'import only what is needed of node:crypto, by name'
  const random = names.elements.map((it) => (it.propertyName ?? it.name).text).filter((name) => RANDOM.test(name))
  return random.length === 0 ? undefined : `${random.join(', ')} of node:crypto is random; ids and keys are passed in`
}

/** Findings of one file's text, with line numbers. */
export const impurities = (path: string, text: string): string[] => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const fault = faultOf(node)
    if (fault !== undefined) {
      found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}: ${fault}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

export const checkPurity = (root: string): Verdict =>
  verdict(
    filesBelow(root)
      .filter((path) => PURE.test(path) && !TEST.test(path))
      .flatMap((path) => impurities(path, read(root, path))),
  )
