/**
 * Accounts as a CSV file, for a spreadsheet.
 * Decides columns; must not let a cell be taken for a formula.
 */
import Papa from 'papaparse'
import type { InventoryAccount } from '../../contract/inventory.ts'

const COLUMNS = [
  'userName',
  'name',
  'email',
  'state',
  'role',
  'team',
  'authenticator',
  'lastSignIn',
  'created',
  'findings',
  'id',
] as const

/** RFC 4180, with a mark at its beginning by which spreadsheets know that it is UTF-8. */
export function csvOf(accounts: readonly InventoryAccount[]): string {
  const data = accounts.map((account) => COLUMNS.map((column) => textOf(account[column])))
  return `\uFEFF${Papa.unparse({ fields: [...COLUMNS], data }, { escapeFormulae: true, newline: '\r\n' })}\r\n`
}

const textOf = (value: string | readonly string[] | null): string =>
  value === null ? '' : typeof value === 'string' ? value : value.join(' ')
