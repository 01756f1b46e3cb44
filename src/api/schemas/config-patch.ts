import { z } from 'zod'
import type { RuntimeConfigView } from '../../rpc/settings-views.ts'
import { CONFIG_FIELDS, CONFIG_RANGES, isInRange, type Range } from '../config-ranges.ts'
import type { ConfigPatch } from '../operator.ts'
import { checked } from './checked.ts'

function numberIn({ min, max, isInteger, isNullable = false }: Range, name: string) {
  const type = isInteger ? 'integer' : 'number'
  return z
    .custom<number | null>(
      (value) => isInRange(name, value) || (isNullable && value === null),
      `must be ${isInteger ? 'an integer' : 'a number'} from ${min} to ${max}${isNullable ? ', or null' : ''}`,
    )
    .meta({ type: isNullable ? [type, 'null'] : type, minimum: min, maximum: max })
    .optional()
}

/** `PATCH /config`. */
export const configBody = z
  .strictObject(
    Object.fromEntries(CONFIG_FIELDS.map((name) => [name, numberIn(CONFIG_RANGES[name], name)])) as Record<
      keyof RuntimeConfigView,
      ReturnType<typeof numberIn>
    >,
  )
  .refine(
    (given) => Object.values(given).some((value) => value !== undefined),
    `must have at least one of ${CONFIG_FIELDS.join(', ')}`,
  )
  .meta({ minProperties: 1 })

/**
 * The body of `PATCH /config`: at least one of the fields, each a number in its range or null where that is allowed,
 * and nothing else.
 * @throws BAD_REQUEST
 */
export function parseConfigPatch(body: unknown): ConfigPatch {
  return Object.fromEntries(Object.entries(checked(configBody, body)).filter(([, value]) => value !== undefined))
}
