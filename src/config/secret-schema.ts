/**
 * How a secret, a token or a password is written in rollcall.yaml.
 * Decides the forms; must not read any.
 */
import { z } from 'zod'

const SHA256_RULE = 'Write the SHA-256 of the token as 64 hexadecimal digits.'

/** Where a secret comes from. Exactly one of the three; in an app's entry it may stand in place of any text. */
export const SECRET_KEYS = ['env', 'file', 'value'] as const

export const secretFields = {
  env: z.string().min(1).optional().describe('Name of the environment variable that holds the secret.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File that holds the secret; a relative path begins at the folder of rollcall.yaml. One line break at the end is dropped.',
    ),
  value: z
    .string()
    .min(1)
    .optional()
    .describe('The secret itself. Works, with a warning: whoever reads the file has it.'),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, SHA256_RULE)
    .optional()
    .describe('SHA-256 of the token in hexadecimal, so that the token itself is nowhere on the server.'),
}

const EXPIRES_RULE = 'Write a day such as 2027-01-31 (its end, in UTC) or an instant such as 2027-01-31T12:00:00Z.'

export const tokenSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('What `rollcall token list` shows it as, for example who has it and since when.'),
    expires: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/, EXPIRES_RULE)
      .refine((text) => !Number.isNaN(Date.parse(text)), EXPIRES_RULE)
      .optional()
      .describe('From when on it opens nothing: a day (its end, in UTC) or an instant. Without it, never.'),
    ...secretFields,
  })
  .describe('A token, or a secret of an OAuth client. Exactly one of `env`, `file`, `value` and `sha256`.')

export const passwordSchema = z
  .strictObject({ env: secretFields.env, file: secretFields.file, value: secretFields.value })
  .describe('A password. Exactly one of `env`, `file` and `value`.')
