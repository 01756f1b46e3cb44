import { z } from 'zod'
import { RelayError } from '../../shared/errors.ts'
import { jsonSchema } from './json-schema.ts'

/** One line for people; what it repeats of the input is cut short. */
function describe(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `unknown key ${JSON.stringify(issue.keys[0]?.slice(0, 40))}`
  if (issue?.code === 'custom' && issue.path.length === 0) return `body ${issue.message}`
  if (issue === undefined || issue.path.length === 0) return 'body must be a JSON object'
  return `${issue.path.join('.')} ${issue.message}`
}

/**
 * A body as its schema has it. The message is about the first thing that is wrong.
 * @throws BAD_REQUEST
 */
export function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new RelayError('BAD_REQUEST', describe(result.error.issues[0]))
}

/** A string of 1 to `maxChars` characters. */
export function text(maxChars: number) {
  return z
    .string({ error: 'must be a string' })
    .min(1, 'must not be empty')
    .max(maxChars, `must have at most ${maxChars} characters`)
}

/** An array of at most `maxEntries`. They are counted before any is looked at, so that a long list costs nothing. */
export function list<T extends z.ZodType>(entry: T, maxEntries: number) {
  return z
    .array(z.unknown(), { error: 'must be an array' })
    .max(maxEntries, `must have at most ${maxEntries} entries`)
    .pipe(z.array(entry))
    .meta({ items: jsonSchema(entry, 'input') })
}
