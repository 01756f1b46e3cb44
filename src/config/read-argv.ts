import { suggestion } from './closest-name.ts'
import type { ConfigProblem } from './config-error.ts'
import { addToLayer, type Layer } from './layer.ts'
import { flagNames, type NamedSetting, settingByFlag, settingByShort } from './setting-names.ts'
import { printable, quote } from './value-types.ts'

interface Flag {
  /** As written, without value: what messages call it. */
  readonly source: string
  readonly named: NamedSetting | undefined
  /** What follows the first `=`. */
  readonly inline: string | undefined
}

function readFlag(argument: string): Flag | undefined {
  if (/^-[A-Za-z]$/.test(argument)) {
    return { source: argument, named: settingByShort(argument.slice(1)), inline: undefined }
  }
  if (!argument.startsWith('--') || argument === '--') return undefined
  const split = argument.indexOf('=')
  const source = split === -1 ? argument : argument.slice(0, split)
  return {
    source,
    named: settingByFlag(source.slice(2)),
    inline: split === -1 ? undefined : argument.slice(split + 1),
  }
}

/** The text of a switch: `--quic` and `--no-quic` say all, `--quic=false` carries a value, `--no-quic=…` is refused. */
function switchValue({ source, named, inline }: Flag, problems: ConfigProblem[]): string {
  if (named?.negated && inline !== undefined) problems.push({ source, message: 'takes no value' })
  return inline ?? 'true'
}

/**
 * Adds one flag to the layer.
 * @param following the next argument, unless that is a flag
 * @returns whether `following` was this flag's value
 */
function takeFlag(flag: Flag, following: string | undefined, layer: Layer, problems: ConfigProblem[]): boolean {
  const { source, named, inline } = flag
  if (named?.setting.meta.kind === 'switch') {
    addToLayer(layer, named, source, [switchValue(flag, problems)], problems)
    return false
  }
  const value = inline ?? following
  if (named === undefined) {
    // The word after an unknown flag was most likely its value: a second complaint would not help.
    problems.push({
      source: printable(source),
      message: `unknown flag${suggestion(source.slice(2), flagNames(), '--')}`,
    })
  } else if (value === undefined) problems.push({ source, message: 'needs a value' })
  else addToLayer(layer, named, source, [value], problems)
  return inline === undefined && following !== undefined
}

/**
 * Reads flags: `--flag value`, `--flag=value`, `--switch`, `--no-switch`. Unlike `parseArgs` of node:util it goes on
 * after a mistake, so that one start names them all, and never takes the next flag for a missing value.
 * @param argv what follows the command, without the program's name
 * @param problems receives unknown flags, missing values, duplicates and stray arguments
 */
export function readArgv(argv: readonly string[], problems: ConfigProblem[]): Layer {
  const layer: Layer = new Map()
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    const flag = readFlag(argument)
    if (flag === undefined) {
      problems.push({ source: quote(argument), message: 'is not a flag' })
      continue
    }
    const next = argv[index + 1]
    const following = next === undefined || readFlag(next) ? undefined : next
    if (takeFlag(flag, following, layer, problems)) index++
  }
  return layer
}

/** Whether the operator asked for the usage text or the version, which beat everything else on the command line. */
export function informationAsked(argv: readonly string[]): 'help' | 'version' | undefined {
  const layer = readArgv(argv, [])
  if (layer.get('help')?.value === 'true') return 'help'
  return layer.get('version')?.value === 'true' ? 'version' : undefined
}
