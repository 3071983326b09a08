/**
 * What the SCIM server does a second, each phase beside the floor of the same minute.
 * Decides how a directory is filled and in which order phases run; must not be asserted on: figures depend on the machine.
 */
import { openLoad, type Load, type LoadFigures } from './load.ts'
import { openBench, TOKEN, type Bench } from './processes.ts'
import {
  addMembers,
  createGroup,
  createUser,
  groupPhases,
  user,
  userPhases,
  type Directory,
  type Phase,
} from './scim-phases.ts'

const CONNECTIONS = 16
/** Members of the group, and people kept out of it to be added one by one. */
const GROUP = 10_000
const SPARE = 2_000
const FLOOR_ROWS = 2_000

export interface ScimOptions {
  readonly people: number
  /** Of every phase, and of the floor before it. */
  readonly seconds: number
}

/** Requests a second of each phase, and in `share %` its part of the floor. */
export type ScimFigures = Readonly<Record<string, number>>

export async function measureScim({ people, seconds }: ScimOptions): Promise<ScimFigures> {
  const bench = await openBench()
  try {
    const load = openLoad({ base: `${await bench.serve([])}/scim/v2`, token: TOKEN, connections: CONNECTIONS })
    const floor = await openFloor(bench)
    const before = bench.memory()
    const figures: Record<string, number> = { people }
    const note = (phase: Pick<Phase, 'name'>, { perSecond, p99, refused }: LoadFigures, least?: LoadFigures): void => {
      figures[phase.name] = perSecond
      figures[`${phase.name}, p99 ms`] = p99
      const share = least && Math.round((100 * perSecond) / least.perSecond)
      if (share !== undefined) figures[`${phase.name}, share %`] = share
      if (refused > 0) figures[`${phase.name}, refused`] = refused
      const floorOf = least === undefined ? '' : `   floor ${least.perSecond}   ${share} %`
      process.stderr.write(`${phase.name.padEnd(24)} ${String(perSecond).padStart(6)}/s   p99 ${p99} ms${floorOf}\n`)
    }
    const ids: string[] = []
    const created = await fill(load, { people, ids })
    note({ name: 'create' }, created, await floor('write', seconds))
    const measure = async (phase: Phase): Promise<void> => {
      const until = { seconds, ...(phase.most === undefined ? {} : { most: phase.most }) }
      const least = phase.floor === undefined ? undefined : await floor(phase.floor, seconds)
      note(phase, await load.run(phase.request, until), least)
    }
    for (const phase of userPhases(ids)) await measure(phase)
    for (const phase of groupPhases(await withGroup(load, ids))) await measure(phase)
    figures['memory before, MiB'] = before
    figures['memory after, MiB'] = bench.memory()
    load.close()
    return figures
  } finally {
    await bench.close()
  }
}

/** All people are created, whatever time it takes; what is timed are the last ten thousand, at the size that is asked for. */
export async function fill(load: Load, { people, ids }: { people: number; ids: string[] }): Promise<LoadFigures> {
  const timed = Math.min(people, 10_000)
  const create = (from: number, most: number): Promise<LoadFigures> =>
    load.run((n) => createUser(from + n), { seconds: 3600, most })
  if (people > timed) await create(0, people - timed)
  const figures = await create(people - timed, timed)
  for (let from = 1; from <= people; from += 1000) {
    const { body } = await load.call({ method: 'GET', path: `/Users?startIndex=${from}&count=1000&attributes=id` })
    const { Resources } = JSON.parse(body.toString()) as { Resources: { id: string }[] }
    ids.push(...Resources.map(({ id }) => id))
  }
  if (ids.length !== people) throw new Error(`${people} were pushed and ${ids.length} are listed`)
  return figures
}

/** A group of most of them, made piece by piece. */
export async function withGroup(load: Load, ids: readonly string[]): Promise<Directory> {
  const { body } = await load.call(createGroup())
  const { id: group } = JSON.parse(body.toString()) as { id: string }
  const spare = Math.min(SPARE, Math.floor(ids.length / 2))
  const inside = ids.slice(0, Math.min(GROUP, ids.length - spare))
  for (let from = 0; from < inside.length; from += 100) {
    const { status } = await load.call(addMembers(group, inside.slice(from, from + 100)))
    if (status >= 300) throw new Error(`the group could not be filled: ${status}`)
  }
  return { ids, group, outside: ids.slice(inside.length, inside.length + spare) }
}

type Floor = (kind: 'read' | 'write', seconds: number) => Promise<LoadFigures>

async function openFloor(bench: Bench): Promise<Floor> {
  const load = openLoad({ base: await bench.floor(), token: TOKEN, connections: CONNECTIONS })
  const insert = (n: number) => ({ method: 'POST', path: '/', body: user(n) })
  const ids: string[] = []
  for (let n = 0; n < FLOOR_ROWS; n++) {
    const { status, body } = await load.call(insert(n))
    if (status !== 201) throw new Error(`the floor answered ${status}: ${body.toString()}`)
    ids.push((JSON.parse(body.toString()) as { id: string }).id)
  }
  // Its plan was made while the table was empty.
  await load.call({ method: 'POST', path: '/analyze' })
  const read = () => ({ method: 'GET', path: `/${ids[Math.floor(Math.random() * ids.length)]}` })
  return (kind, seconds) => load.run(kind === 'read' ? read : insert, { seconds })
}
