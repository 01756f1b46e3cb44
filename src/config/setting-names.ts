/** The names of settings in each source, all made from the schema's field names. */
import { type SettingName, settingsSchema } from './schema.ts'
import { type SettingMeta, settingMeta } from './setting-meta.ts'

export interface Setting {
  readonly name: SettingName
  /** Flag without dashes, which is also the key in the file. */
  readonly flag: string
  readonly meta: SettingMeta
  /** The default, when the schema holds one. */
  readonly defaultValue: unknown
}

function flagName(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** The environment variable of a flag name without dashes. */
export function variableOf(flag: string): string {
  return `STARLING_${flag.replaceAll('-', '_').toUpperCase()}`
}

function describe(name: SettingName): Setting {
  const schema = settingsSchema.shape[name]
  const meta = settingMeta.get(schema)
  if (meta === undefined) throw new Error(`setting ${name} has no metadata`)
  const flag = flagName(name)
  const defaultValue = 'defaultValue' in schema.def ? schema.def.defaultValue : undefined
  return { name, flag, meta, defaultValue }
}

/** Every setting, in the schema's order. */
export const SETTINGS: readonly Setting[] = settingsSchema.keyof().options.map(describe)

/** The flag of a setting, with dashes. */
export function flagOf(name: SettingName): string {
  return `--${flagName(name)}`
}

export interface NamedSetting {
  readonly setting: Setting
  /** True for the `no-` form of a switch. */
  readonly negated: boolean
}

/** Settings by flag name, with the `no-` form of every switch that a file could have turned on or off. */
const BY_FLAG: ReadonlyMap<string, NamedSetting> = new Map(SETTINGS.flatMap(flagForms))

function flagForms(setting: Setting): [string, NamedSetting][] {
  const forms: [string, NamedSetting][] = [[setting.flag, { setting, negated: false }]]
  if (isReversible(setting)) forms.push([`no-${setting.flag}`, { setting, negated: true }])
  return forms
}

function isReversible({ meta }: Setting): boolean {
  return meta.kind === 'switch' && meta.notFrom === undefined
}

/** The setting of a flag name without dashes. */
export function settingByFlag(flag: string): NamedSetting | undefined {
  return BY_FLAG.get(flag)
}

/** The setting of a one-letter flag. */
export function settingByShort(letter: string): NamedSetting | undefined {
  const setting = SETTINGS.find(({ meta }) => meta.short === letter)
  return setting && { setting, negated: false }
}

/** Every flag name without dashes, `no-` forms included: what a mistyped one is compared with. */
export function flagNames(): Iterable<string> {
  return BY_FLAG.keys()
}

/** The settings a source other than the command line may hold, `no-` forms included, by flag name. */
export function settingsFrom(source: 'environment' | 'file'): ReadonlyMap<string, NamedSetting> {
  return new Map([...BY_FLAG].filter(([, { setting }]) => !setting.meta.notFrom?.includes(source)))
}
