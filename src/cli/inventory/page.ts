/**
 * An inventory as one HTML page that needs nothing else: to look at, to print, to send on.
 * Decides layout; must not hold a script, nor load anything, nor let a name be taken for markup.
 */
import type { Inventory, InventoryAccount, InventoryTotals } from '../../contract/inventory.ts'
import { FINDING_WORDS, KEY_WORDS, SEEN_NOTE, STATE_WORDS } from './words.ts'

export function pageOf(found: Inventory, accounts: readonly InventoryAccount[]): string {
  const title = `Inventory of ${found.app}`
  const when = found.ended ?? found.created
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1><p>Read <time datetime="${escaped(when)}">${escaped(when)}</time></p></header>
<main>
${verdictOf(found)}
${found.totals === null ? '' : totalsOf(found.totals)}
${keysOf(found)}
${accountsOf(accounts)}
<p class="note">${escaped(SEEN_NOTE)}</p>
</main>
</body>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 78rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; width: 100%; }
caption { font-weight: 600; font-size: 1.15rem; text-align: left; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #8884; }
td.number { text-align: right; font-variant-numeric: tabular-nums; width: 5rem; }
meter { width: 100%; min-width: 8rem; }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 0 3rem; }
.trouble { border-left: 4px solid #c33; padding: .2rem 0 .2rem .8rem; }
.note { color: #777; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
`

function verdictOf({ verdict, why, totals, gaps }: Inventory): string {
  const notes = [
    ...(verdict === 'whole' ? [] : [`The app was not read whole (${verdict ?? 'not yet'}): ${why ?? ''}`]),
    ...gaps,
  ]
  const sum =
    totals === null ? '' : `<p><strong>${totals.accounts}</strong> accounts, ${totals.inUse} of them in use.</p>`
  return sum + notes.map((note) => `<p class="trouble">${escaped(note)}</p>`).join('')
}

interface Count {
  readonly what: string
  readonly accounts: number
}

function totalsOf(totals: InventoryTotals): string {
  const worded = <K extends string>(
    words: Readonly<Record<K, string>>,
    numbers: Readonly<Record<K, number>>,
  ): Count[] => (Object.keys(words) as K[]).map((key) => ({ what: words[key], accounts: numbers[key] }))
  const named = (rows: InventoryTotals['roles']): Count[] =>
    rows.map(({ name, accounts }) => ({ what: name, accounts }))
  const tables = [
    countTable('Worth a look', worded(FINDING_WORDS, totals.findings), totals.accounts),
    countTable('By state', worded(STATE_WORDS, totals.states), totals.accounts),
    countTable(
      'Last seen',
      Object.entries(totals.seen).map(([what, accounts]) => ({ what, accounts })),
      totals.inUse,
    ),
    countTable('By role', named(totals.roles), totals.accounts),
    countTable('By team', named(totals.teams), totals.accounts),
  ]
  return `<div class="counts">${tables.join('')}</div>`
}

/** The picture says the same as the number beside it, so nobody needs to see it. */
function countTable(caption: string, rows: readonly Count[], of: number): string {
  const shown = rows.filter(({ accounts }) => accounts > 0)
  if (shown.length === 0) return ''
  const lines = shown.map(
    ({ what, accounts }) =>
      `<tr><th scope="row">${escaped(what)}</th><td class="number">${accounts}</td>` +
      `<td aria-hidden="true"><meter min="0" max="${Math.max(1, of)}" value="${accounts}"></meter></td></tr>`,
  )
  return `<table><caption>${escaped(caption)}</caption><tbody>${lines.join('')}</tbody></table>`
}

function keysOf({ keys }: Inventory): string {
  if (keys === null || keys.length === 0) return ''
  const rows = keys.map((key) => [
    key.id,
    key.owner ?? 'not known',
    key.active ? 'active' : 'disabled',
    key.lastUsed ?? '',
    key.findings.map((finding) => KEY_WORDS[finding]).join('; '),
  ])
  return tableOf('Keys of programs', ['Key', 'Owner', 'State', 'Last used', 'Worth a look'], rows)
}

function accountsOf(accounts: readonly InventoryAccount[]): string {
  const rows = accounts.map((account) => [
    account.userName,
    account.name,
    account.email ?? '',
    STATE_WORDS[account.state],
    account.role ?? '',
    account.team ?? '',
    account.lastSignIn ?? '',
    account.findings.map((finding) => FINDING_WORDS[finding]).join('; '),
  ])
  return tableOf(
    'Accounts',
    ['User name', 'Name', 'E-mail', 'State', 'Role', 'Team', 'Last seen', 'Worth a look'],
    rows,
  )
}

function tableOf(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')
  const body = rows.map((cells) => `<tr>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`).join('\n')
  return `<table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
