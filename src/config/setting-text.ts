/** How a setting is shown to people: shared by the usage text and the operators' page. */
import type { Setting } from './setting-names.ts'

/** The flag as it is typed: `--port PORT`, `--[no-]quic`, `-h, --help`. */
export function flagSyntax({ flag, meta }: Setting): string {
  if (meta.kind !== 'switch') return `--${flag} ${meta.placeholder ?? 'VALUE'}`
  if (meta.notFrom === undefined) return `--[no-]${flag}`
  return meta.short === undefined ? `--${flag}` : `-${meta.short}, --${flag}`
}

/** The default in words, or undefined for a flag that only asks for something (`--help`). */
export function defaultText({ meta, defaultValue }: Setting): string | undefined {
  if (meta.defaultText !== undefined) return meta.defaultText
  if (meta.kind === 'switch') {
    if (meta.notFrom !== undefined) return undefined
    return defaultValue === true ? 'on' : 'off'
  }
  if (Array.isArray(defaultValue)) return defaultValue.length === 0 ? 'none' : defaultValue.join(', ')
  return String(defaultValue)
}
