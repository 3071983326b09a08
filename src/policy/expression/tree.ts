/**
 * Parts of a parsed expression.
 * Decides how nodes are made and counted; must not know what an expression is about.
 */
import type { parse } from '@bufbuild/cel'

export type Parsed = ReturnType<typeof parse>
export type Expr = NonNullable<Parsed['expr']>
type Kind = Expr['exprKind']
export type Call = Extract<Kind, { case: 'callExpr' }>['value']
export type Comprehension = Extract<Kind, { case: 'comprehensionExpr' }>['value']
export type Constant = Extract<Kind, { case: 'constExpr' }>['value']
export type Struct = Extract<Kind, { case: 'structExpr' }>['value']

/** The name under which the parser keeps what a macro has so far. Nobody can write it. */
export const SO_FAR = '@result'

/** A node in the place of another: it keeps that one's id, by which the evaluator tells where something failed. */
const node = (id: bigint, exprKind: Kind): Expr => ({ $typeName: 'cel.expr.Expr', id, exprKind })

export const ident = (id: bigint, name: string): Expr =>
  node(id, { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name } })

export const call = (id: bigint, name: string, args: Expr[]): Expr =>
  node(id, { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } })

export const methodCall = (id: bigint, name: string, [target, ...args]: readonly [Expr, ...Expr[]]): Expr =>
  node(id, { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, target, args } })

export const textConstant = (id: bigint, value: string): Expr =>
  node(id, {
    case: 'constExpr',
    value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'stringValue', value } },
  })

export const intConstant = (id: bigint, value: bigint): Expr =>
  node(id, {
    case: 'constExpr',
    value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'int64Value', value } },
  })

export const listOf = (id: bigint, elements: Expr[]): Expr =>
  node(id, { case: 'listExpr', value: { $typeName: 'cel.expr.Expr.CreateList', elements, optionalIndices: [] } })

export const structOf = (id: bigint, value: Struct): Expr => node(id, { case: 'structExpr', value })

export const loopOf = (id: bigint, value: Comprehension): Expr => node(id, { case: 'comprehensionExpr', value })

export const textOf = (expr: Expr | undefined): string | undefined =>
  expr?.exprKind.case === 'constExpr' && expr.exprKind.value.constantKind.case === 'stringValue'
    ? expr.exprKind.value.constantKind.value
    : undefined

export const isNull = (expr: Expr | undefined): boolean =>
  expr?.exprKind.case === 'constExpr' && expr.exprKind.value.constantKind.case === 'nullValue'

export const nameOf = (expr: Expr | undefined): string | undefined =>
  expr?.exprKind.case === 'identExpr' ? expr.exprKind.value.name : undefined

/** How many nodes an expression has: what going through it once costs. */
export function sizeOf(expr: Expr | undefined): number {
  if (expr === undefined) return 0
  const { exprKind } = expr
  switch (exprKind.case) {
    case 'callExpr':
      return 1 + sizeOf(exprKind.value.target) + sum(exprKind.value.args)
    case 'listExpr':
      return 1 + sum(exprKind.value.elements)
    case 'structExpr':
      return 1 + sum(exprKind.value.entries.flatMap(({ keyKind, value }) => [keyKind.case === 'mapKey' ? keyKind.value : undefined, value])) // prettier-ignore
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value
      return 1 + sum([iterRange, accuInit, loopCondition, loopStep, result])
    }
    default:
      return 1
  }
}

const sum = (all: readonly (Expr | undefined)[]): number => all.reduce((total, each) => total + sizeOf(each), 0)
