// Decides how a schedule is set, watched and ended from outside.
import type { FastifyInstance } from 'fastify'
import { readSchedule, Schedule } from './chaos.ts'
import { type Json, onlyKeys, toFlag, toObject } from './input.ts'
import { Refusal } from './refusal.ts'
import type { World } from './world.ts'

export function scheduleRoutes(app: FastifyInstance, world: World): void {
  const shown = (): Json => world.traffic.schedule?.shown() ?? { schedule: null }
  app.get('/schedule', shown)
  app.put('/schedule', (request) => {
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['schedule', 'paused'], 'the body')
    if (body['schedule'] !== undefined) startSchedule(body['schedule'], world)
    if (body['paused'] !== undefined) pause(toFlag(body['paused'], 'paused'), world)
    // Halted and resumed hundreds of times a run: the plan of everybody is for reads.
    return body['schedule'] === undefined ? { paused: world.traffic.schedule?.paused } : shown()
  })
  app.delete('/schedule', () => {
    world.traffic.schedule = undefined
    return shown()
  })
}

/** A schedule begins at its first call, also one with the settings of the schedule before it. */
export function startSchedule(value: unknown, world: World): void {
  world.traffic.schedule = new Schedule(readSchedule(value, 'schedule'), world.now())
}

function pause(paused: boolean, world: World): void {
  const { schedule } = world.traffic
  if (schedule === undefined) throw new Refusal('bad', 'NO_SCHEDULE', 'there is no schedule to pause')
  schedule.paused = paused
}
