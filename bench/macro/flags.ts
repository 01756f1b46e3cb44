/** Flags of the macro benches. */
import { parseArgs } from 'node:util'
import { missingCompiler } from '../peers/build.ts'
import type { Variant } from '../run-record.ts'
import { SMOKE_FLAGS } from '../smoke.ts'
import { RELAYS, TRANSPORTS, VALIDATIONS } from '../variant.ts'

/** What the paired benches have in common. */
export interface PairedOptions {
  readonly relays: readonly Variant['relay'][]
  readonly transports: readonly Variant['transport'][]
  /** Of Starling; the others validate nothing. */
  readonly validations: readonly Variant['validation'][]
  readonly rounds: number
  readonly seconds: number
  readonly warmupSeconds: number
  /** Cases whose name holds it. */
  readonly only: string
  /** Added to the name of the results file; empty for the file of a whole run, undefined when none is to be written. */
  readonly resultSuffix: string | undefined
  /** A lost message is an error. */
  readonly isSmoke: boolean
}

export interface PairedDefaults {
  readonly seconds: number
  readonly warmupSeconds: number
  readonly rounds?: number
}

/**
 * The common flags, and those of one bench: `extra` holds their defaults, the answer's `extra` what was given.
 * @throws Error that names the choices, or the toolchain that a chosen relay lacks
 */
export function pairedFlags<Extra extends string = never>(
  args: string[],
  defaults: PairedDefaults,
  extra?: Readonly<Record<Extra, string>>,
): PairedOptions & { readonly extra: Readonly<Record<Extra, string>> } {
  const isSmoke = args.includes('--smoke')
  const usual = isSmoke ? SMOKE_FLAGS : usualFlags(defaults)
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--smoke'),
    options: {
      relays: { type: 'string', default: usual.relays },
      transports: { type: 'string', default: TRANSPORTS.join(',') },
      validation: { type: 'string', default: 'none' },
      rounds: { type: 'string', default: usual.rounds },
      seconds: { type: 'string', default: usual.seconds },
      warmup: { type: 'string', default: usual.warmup },
      only: { type: 'string', default: '' },
      results: { type: 'string' },
      ...extraFlags(extra),
    },
  })
  const rounds = Math.floor(atLeast('rounds', values.rounds, 1))
  const relays = someOf('relays', values.relays, RELAYS)
  if (relays.includes('rust')) requireCargo()
  const isWhole = values.only === '' && rounds > 1
  const given: Readonly<Record<string, string | undefined>> = values
  const extraGiven = Object.entries<string>(extra ?? {}).map(([name, text]) => [name, given[name] ?? text])
  return {
    relays,
    transports: someOf('transports', values.transports, TRANSPORTS),
    validations: someOf('validation', values.validation, VALIDATIONS),
    rounds,
    seconds: atLeast('seconds', values.seconds, 1),
    warmupSeconds: atLeast('warmup', values.warmup, 0),
    only: values.only,
    resultSuffix: values.results ?? (isWhole ? '' : undefined),
    isSmoke,
    extra: Object.fromEntries(extraGiven),
  }
}

function usualFlags({ rounds = 5, seconds, warmupSeconds }: PairedDefaults): Record<keyof typeof SMOKE_FLAGS, string> {
  return {
    relays: RELAYS.join(','),
    rounds: String(rounds),
    seconds: String(seconds),
    warmup: String(warmupSeconds),
  }
}

function extraFlags(extra: Readonly<Record<string, string>> = {}): Record<string, { type: 'string'; default: string }> {
  return Object.fromEntries(Object.entries(extra).map(([name, usual]) => [name, { type: 'string', default: usual }]))
}

/** Every relay on every transport; Starling once for each validation. Those of one transport stand together. */
export function pairedVariants({ relays, transports, validations }: PairedOptions): readonly Variant[] {
  return transports.flatMap((transport) =>
    relays.flatMap((relay) =>
      (relay === 'starling' ? validations : (['none'] as const)).map((validation) => ({
        relay,
        transport,
        validation,
      })),
    ),
  )
}

/** @throws Error naming the choices */
export function oneOf<const Choice extends string>(flag: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new Error(`--${flag} is one of ${choices.join(', ')}`)
  return found
}

/** A list with commas, each once. @throws Error naming the choices */
export function someOf<const Choice extends string>(
  flag: string,
  value: string,
  choices: readonly Choice[],
): readonly Choice[] {
  const asked = new Set(value.split(',').map((text) => text.trim()))
  const found = choices.filter((choice) => asked.has(choice))
  if (found.length !== asked.size) throw new Error(`--${flag} is one or more of ${choices.join(',')}`)
  return found
}

/** @throws Error when the text is no number of at least `least` */
export function atLeast(flag: string, value: string, least: number): number {
  const number = Number(value)
  if (!(Number.isFinite(number) && number >= least)) throw new Error(`--${flag} is a number, ${least} or more`)
  return number
}

/** @throws Error that says why the Rust relay cannot be built here */
function requireCargo(): void {
  const reason = missingCompiler('rust')
  if (reason !== undefined) throw new Error(reason)
}
