/** What one source (command line, environment, file) says, before any of it is given a type. */
import type { ConfigProblem } from './config-error.ts'
import type { SettingName } from './schema.ts'
import type { NamedSetting } from './setting-names.ts'
import { switchText } from './value-types.ts'

export interface GivenValue {
  /** Named in messages about it. */
  readonly source: string
  readonly value: string | readonly string[]
}

/** At most one value a setting, so bounded by the schema. */
export type Layer = Map<SettingName, GivenValue>

/** The items of a comma-separated list; blanks around and between items do not count. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** The opposite of a switch's text; what is not a switch's text stays, for the schema to refuse. */
function negate(text: string): string {
  const read = switchText.safeParse(text)
  return read.success ? String(!read.data) : text
}

/**
 * Adds what `source` says about a setting. A list given again in the same layer grows; anything else given again is a
 * problem, and the first value stays.
 */
export function addToLayer(
  layer: Layer,
  { setting, negated }: NamedSetting,
  source: string,
  texts: readonly string[],
  problems: ConfigProblem[],
): void {
  const earlier = layer.get(setting.name)
  if (setting.meta.kind === 'list') {
    layer.set(setting.name, { source, value: [...(earlier?.value ?? []), ...texts.flatMap(splitList)] })
  } else if (earlier !== undefined) {
    const again = earlier.source === source ? 'given more than once' : `given as well as ${earlier.source}`
    problems.push({ source, message: again })
  } else {
    const text = texts[0] ?? ''
    layer.set(setting.name, { source, value: negated ? negate(text) : text })
  }
}
