/** `starling enr`: a node record, somebody's or our own, in the terminal. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RelayConfig } from '../config/schema.ts'
import { ENR_FILE } from '../shared/data-files.ts'
import { RelayError } from '../shared/errors.ts'
import { describeEnr } from './describe-enr.ts'
import { enrWords } from './enr-words.ts'
import { knownForks } from './known-forks.ts'

/** Of the standard input, far above the longest record: who pipes more has piped something else. */
const MAX_INPUT_CHARACTERS = 65_536
const FROM_INPUT = '-'

export interface CommandDeps {
  /** The configuration that flags, environment and file give; undefined after complaints about it. */
  readonly readConfig: (argv: readonly string[]) => RelayConfig | undefined
  /** The standard input. */
  readonly input: AsyncIterable<Uint8Array | string>
}

/**
 * What `starling enr [ENR|-] [--json] [flags]` prints; without a record the data dir's own. Undefined when the
 * configuration is refused.
 * @throws RelayError BAD_ENR, and CONFIG_INVALID when the data dir has no record
 */
export async function enrCommand(argv: readonly string[], deps: CommandDeps): Promise<string | undefined> {
  const words = argv.filter((argument) => argument !== '--json')
  const [first, ...others] = words
  const isRecord = first !== undefined && (first === FROM_INPUT || !first.startsWith('-'))
  const config = deps.readConfig(isRecord ? others : words)
  if (config === undefined) return undefined
  const text = isRecord ? await given(first, deps.input) : ownRecord(config)
  const description = describeEnr(text.trim(), knownForks(config.network))
  return argv.includes('--json') ? `${JSON.stringify(description, undefined, 2)}\n` : enrWords(description)
}

async function given(argument: string, input: CommandDeps['input']): Promise<string> {
  if (argument !== FROM_INPUT) return argument
  let text = ''
  for await (const chunk of input) {
    text += String(chunk)
    if (text.length > MAX_INPUT_CHARACTERS) throw new RelayError('BAD_ENR', 'invalid ENR: too long')
  }
  return text
}

function ownRecord({ dataDir }: RelayConfig): string {
  const path = join(dataDir, ENR_FILE)
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new RelayError(
      'CONFIG_INVALID',
      `${path} cannot be read: a relay writes it when it first starts`,
      {},
      { cause },
    )
  }
}
