/** What is said about a setting beside its type, and the registry that holds it. */
import { z } from 'zod'

export const SETTING_GROUPS = [
  'Network',
  'Beacon node',
  'Addresses',
  'Peers',
  'Gossip',
  'API',
  'Logging',
  'General',
] as const

export interface SettingMeta {
  readonly group: (typeof SETTING_GROUPS)[number]
  readonly description: string
  /** A `switch` takes no value; a `list` may be repeated and split by commas. Absent: one value. */
  readonly kind?: 'switch' | 'list'
  /** What the usage text calls the value. */
  readonly placeholder?: string
  /** Said in place of a default that the schema cannot hold. */
  readonly defaultText?: string
  /** Sources that cannot set it, though flags always can. */
  readonly notFrom?: readonly ('environment' | 'file')[]
  /** One-letter form of a flag. */
  readonly short?: string
}

/** Metadata of each setting, by its schema. */
export const settingMeta = z.registry<SettingMeta>()

/** Attaches metadata to the schema of a setting. */
export function setting<Schema extends z.ZodType>(schema: Schema, meta: SettingMeta): Schema {
  settingMeta.add(schema, meta)
  return schema
}
