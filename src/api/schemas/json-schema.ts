import { z } from 'zod'

/** A schema of JSON Schema draft 2020-12, which is that of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * What a schema takes (`input`) or is (`output`), as JSON Schema. What zod cannot say of its own, a predicate or a
 * conversion, says its schema's `meta`.
 */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const {
    $schema: _,
    '~standard': _standard,
    ...rest
  } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    unrepresentable: 'any',
    io,
  })
  return rest
}
