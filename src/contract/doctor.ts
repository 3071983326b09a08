/**
 * What the doctor finds in an app's set-up, as the admin API shows it.
 * Decides fields and their meaning; must not know how anything is found out.
 */
import { z } from 'zod'
import { instant } from './paging.ts'

export const finding = z
  .object({
    check: z.string().describe('What was checked; the same name in every examination.'),
    status: z
      .enum(['ok', 'missing', 'blocked', 'unknown'])
      .describe(
        '`missing`: something that has to be there is not. `blocked`: it is there, and something stands in its way. `unknown`: it could not be checked; `fix` says how to check by hand.',
      ),
    needed: z
      .boolean()
      .describe('Whether the app cannot do its work without it. What is not needed by every app makes no set-up bad.'),
    found: z.string().describe('What was seen, in a sentence.'),
    blocks: z.string().nullable().describe('What cannot be done like this; null where all is well.'),
    fix: z.string().nullable().describe('Where to go and what to do there; null where all is well.'),
  })
  .meta({ id: 'Finding' })

export const shapeChange = z
  .object({
    call: z.string().describe('Method and path, with {id} for ids.'),
    field: z.string().describe('Path of the field; empty where it is about the whole answer.'),
    was: z.string().describe('Types of its values until now.'),
    is: z.string().describe('Types of its values now, or `gone`.'),
  })
  .meta({ id: 'ShapeChange' })

export const examination = z
  .object({
    ok: z.boolean().describe('Nothing that is needed is missing or blocked.'),
    at: instant.describe('When it ended.'),
    calls: z
      .int()
      .describe('Calls to the app that it took, sign-in included; never more than 20, and none that writes.'),
    findings: z.array(finding).describe('In the order in which they were found out: causes before what they cause.'),
    changes: z
      .array(shapeChange)
      .describe("What is different in the answers of the app's API from what they looked like before."),
  })
  .meta({ id: 'Examination' })

export const lastExamination = examination
  .extend({ ok: examination.shape.ok.nullable(), at: instant.nullable(), calls: z.int().nullable() })
  .meta({ id: 'LastExamination', description: 'All null and empty before the first one.' })

export const answerShapes = z
  .object({
    at: instant.nullable().describe('When the examination ended; null before the first.'),
    shapes: z
      .record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            types: z.array(z.string()),
            always: z.boolean().describe('Every object that could have the field had it.'),
          }),
        ),
      )
      .describe('By call, then by field: types, and no value. The whole answer is the empty field.'),
  })
  .meta({ id: 'AnswerShapes' })

export const examineBody = z
  .object({
    accept: z
      .boolean()
      .default(false)
      .describe('Take the API as it is now: what it looks like is what it is compared with from then on.'),
  })
  .meta({ id: 'ExamineBody' })

export type Finding = z.output<typeof finding>
export type Examination = z.output<typeof examination>
