/**
 * Rounds of measurements, and how their figures are put together and shown.
 * Decides order and medians; must not know what is measured.
 */

/** An object of figures by their names. */
export type Figures = object

export interface Subject {
  /** What it measures, and how long a round of it takes, for who is about to start it. */
  readonly about: string
  readonly takes: string
  /** Those of a round come one after the other: a machine that changes its pace changes it for all. */
  readonly measurements: readonly (() => Promise<Figures>)[]
}

/** The figures of each measurement, all its rounds together. */
export async function inAlternation(
  name: string,
  { measurements }: Subject,
  rounds: number,
): Promise<readonly Figures[]> {
  const all: Figures[][] = measurements.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, measure] of measurements.entries()) {
      process.stderr.write(`round ${round + 1} of ${rounds}, ${name} ${index + 1} of ${measurements.length}\n`)
      all[index]?.push(await measure())
    }
  }
  return all.map(medians)
}

const entriesOf = (figures: Figures): readonly [string, unknown][] => Object.entries(figures)

/** Each figure by itself; of what is no number the last round's stands. */
function medians(rounds: readonly Figures[]): Figures {
  const all = Map.groupBy(rounds.flatMap(entriesOf), ([name]) => name)
  return Object.fromEntries([...all].map(([name, found]) => [name, median(found.map(([, value]) => value))]))
}

function median(values: readonly unknown[]): unknown {
  const numbers = values.filter((value) => typeof value === 'number').toSorted((a, b) => a - b)
  return numbers.length === 0 ? values.at(-1) : numbers[Math.floor((numbers.length - 1) / 2)]
}

/** One column a measurement, one line a figure. */
export function table(name: string, measurements: readonly Figures[]): string {
  const columns = measurements.map((figures) => new Map(entriesOf(figures)))
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))]
  const width = Math.max(...names.map((one) => one.length)) + 2
  const line = (one: string): string =>
    one.padEnd(width) + columns.map((column) => shown(column.get(one)).padStart(16)).join('')
  return [name, ...names.map(line), ''].join('\n')
}

const shown = (figure: unknown = ''): string =>
  typeof figure === 'number' || typeof figure === 'string' ? String(figure) : JSON.stringify(figure)
