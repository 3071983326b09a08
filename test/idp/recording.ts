/** What a recorded file may say, and its reading from disk. Strict: a misspelt key is an error, not an untested wish. */
import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const statusSchema = z.union([z.int(), z.array(z.int()).nonempty()])

const requestSchema = z.strictObject({
  method: z.string(),
  /** Below the SCIM base, with its query, percent-encoded as the provider sends it. */
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string().nullable()).optional(),
  body: z.unknown().optional(),
  text: z.string().optional(),
  keep: z.string().optional(),
  why: z.string().optional(),
  expect: z.strictObject({
    status: statusSchema,
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
  }),
})

const atOnceSchema = z.strictObject({
  atOnce: z.array(requestSchema.omit({ expect: true, keep: true })).min(2),
  statuses: z.array(z.int()).min(2),
})

const recordingSchema = z.strictObject({
  name: z.string().min(10),
  source: z.string().regex(/^facts /),
  needs: z.enum(['groups']).optional(),
  headers: z.record(z.string(), z.string()),
  requests: z.array(z.union([requestSchema, atOnceSchema])).nonempty(),
})

export type RecordedRequest = z.infer<typeof requestSchema>
export type AtOnce = z.infer<typeof atOnceSchema>
export type Recording = z.infer<typeof recordingSchema> & { readonly file: string }

const ROOT = new URL('.', import.meta.url)

/** Every recording of a folder such as `okta-oin`, by file name. Throws with the file's name if one is malformed. */
export function recordings(folder: string): Recording[] {
  return readdirSync(new URL(`${folder}/`, ROOT))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => readRecording(`${folder}/${name}`))
}

/** The folders that hold recordings. */
export function folders(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
}

function readRecording(file: string): Recording {
  const parsed = recordingSchema.safeParse(JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')))
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`)
  return { ...parsed.data, file }
}
