/**
 * The `config.yaml` of a network (the layout of consensus-specs `configs/`), reduced to what a relay needs. Scalars are
 * read as the strings they are written as, because YAML's own integers would turn `0x10000038` into a number and round
 * 18446744073709551615.
 */
import { parse } from 'yaml'
import {
  type BlobParameters,
  FAR_FUTURE_EPOCH,
  FORK_NAMES,
  type ForkEpoch,
  type ForkName,
  type PresetName,
} from './network-config.ts'

export interface ChainConfig {
  readonly name: string | undefined
  readonly preset: PresetName
  readonly slotDurationMs: number
  readonly slotsPerEpoch: number
  readonly forks: readonly ForkEpoch[]
  readonly blobSchedule: readonly BlobParameters[]
  readonly maxBlobsPerBlockDeneb: number
  readonly maxBlobsPerBlockElectra: number
}

type Values = Readonly<Record<string, unknown>>

/** SLOTS_PER_EPOCH of the presets. */
const SLOTS_PER_EPOCH: Readonly<Record<PresetName, number>> = { mainnet: 32, minimal: 8 }
/** From here on epochs are "never": slots would leave the exact range of a number. */
const NEVER_EPOCH = 2n ** 52n
const MAX_U64 = 2n ** 64n - 1n
/** MAX_BLOBS_PER_BLOCK and MAX_BLOBS_PER_BLOCK_ELECTRA where the file leaves them out, as public ones do. */
const DEFAULT_MAX_BLOBS_DENEB = 6
const DEFAULT_MAX_BLOBS_ELECTRA = 9
/** MAX_BLOB_COMMITMENTS_PER_BLOCK: no schedule can allow more. */
const MAX_BLOBS = 4096
/** A day: no network has longer slots. */
const MAX_SLOT_DURATION_MS = 86_400_000

/** Unsigned decimal or hexadecimal integer of at most 64 bits. */
function toBigInt(key: string, value: unknown): bigint {
  if (typeof value !== 'string' || !/^(?:\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(value)) {
    throw new Error(`${key} is not an unsigned integer: ${String(value).slice(0, 80)}`)
  }
  const number = BigInt(value)
  if (number > MAX_U64) throw new Error(`${key} is over 64 bits: ${value}`)
  return number
}

function toEpoch(key: string, value: unknown): number {
  const epoch = toBigInt(key, value)
  return epoch >= NEVER_EPOCH ? FAR_FUTURE_EPOCH : Number(epoch)
}

function toInteger(key: string, value: unknown, min: number, max: number): number {
  const number = toBigInt(key, value)
  if (number < BigInt(min) || number > BigInt(max))
    throw new Error(`${key} is not between ${min} and ${max}: ${number}`)
  return Number(number)
}

function presetName(values: Values): PresetName {
  const preset = values['PRESET_BASE'] ?? 'mainnet'
  if (preset === 'mainnet' || preset === 'minimal') return preset
  throw new Error(`PRESET_BASE is neither mainnet nor minimal: ${String(preset).slice(0, 80)}`)
}

function slotDurationMs(values: Values): number {
  const ms = values['SLOT_DURATION_MS']
  if (ms !== undefined) return toInteger('SLOT_DURATION_MS', ms, 1, MAX_SLOT_DURATION_MS)
  const seconds = values['SECONDS_PER_SLOT']
  if (seconds === undefined) throw new Error('neither SLOT_DURATION_MS nor SECONDS_PER_SLOT is given')
  return toInteger('SECONDS_PER_SLOT', seconds, 1, MAX_SLOT_DURATION_MS / 1000) * 1000
}

function maxBlobs(values: Values, key: string, fallback: number): number {
  const value = values[key]
  return value === undefined ? fallback : toInteger(key, value, 0, MAX_BLOBS)
}

/** A fork the file does not name is left out; one with a version but no epoch is known and never starts. */
function forkEpoch(values: Values, name: ForkName): ForkEpoch | undefined {
  const prefix = name === 'phase0' ? 'GENESIS' : name.toUpperCase()
  const versionKey = `${prefix}_FORK_VERSION`
  const epochKey = `${prefix}_FORK_EPOCH`
  const version = values[versionKey]
  const epoch = name === 'phase0' ? '0' : values[epochKey]
  if (version === undefined) {
    if (epoch === undefined) return undefined
    throw new Error(`${versionKey} is missing`)
  }
  if (typeof version !== 'string' || !/^0x[0-9a-fA-F]{8}$/.test(version)) {
    throw new Error(`${versionKey} is not 0x and 8 hex digits: ${String(version).slice(0, 80)}`)
  }
  const start = epoch === undefined ? FAR_FUTURE_EPOCH : toEpoch(epochKey, epoch)
  return { name, versionHex: version.slice(2).toLowerCase(), epoch: start }
}

function forkEpochs(values: Values): ForkEpoch[] {
  const forks = FORK_NAMES.map((name) => forkEpoch(values, name)).filter((fork) => fork !== undefined)
  let previous: ForkEpoch | undefined
  for (const [index, fork] of forks.entries()) {
    if (previous !== undefined && fork.epoch < previous.epoch) {
      throw new Error(`${fork.name} (epoch ${fork.epoch}) starts before ${previous.name} (epoch ${previous.epoch})`)
    }
    if (Number.isFinite(fork.epoch) && fork.name !== FORK_NAMES[index]) {
      throw new Error(`${fork.name} is scheduled but ${FORK_NAMES[index]} is missing`)
    }
    previous = fork
  }
  return forks
}

function blobSchedule(values: Values): BlobParameters[] {
  const rows = values['BLOB_SCHEDULE'] ?? []
  if (rows === '') return []
  if (!Array.isArray(rows)) throw new Error('BLOB_SCHEDULE is not a list')
  const schedule = rows.map((row: unknown, index): BlobParameters => {
    if (!isMapping(row)) throw new Error(`BLOB_SCHEDULE[${index}] is not EPOCH and MAX_BLOBS_PER_BLOCK`)
    return {
      epoch: toEpoch(`BLOB_SCHEDULE[${index}].EPOCH`, row['EPOCH']),
      maxBlobsPerBlock: toInteger(
        `BLOB_SCHEDULE[${index}].MAX_BLOBS_PER_BLOCK`,
        row['MAX_BLOBS_PER_BLOCK'],
        0,
        MAX_BLOBS,
      ),
    }
  })
  schedule.sort((a, b) => a.epoch - b.epoch)
  const twice = schedule.find((row, index) => row.epoch === schedule[index + 1]?.epoch)
  if (twice !== undefined) throw new Error(`BLOB_SCHEDULE has epoch ${twice.epoch} twice`)
  return schedule
}

function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads the text of a `config.yaml`. Unknown keys are ignored. Epochs of 2^52 and more mean never.
 * @throws Error with a text that names the key
 */
export function parseChainConfig(text: string): ChainConfig {
  const values: unknown = parse(text, { schema: 'failsafe', logLevel: 'error' })
  if (!isMapping(values)) throw new Error('is not a YAML mapping')
  const preset = presetName(values)
  const name = values['CONFIG_NAME']
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    preset,
    slotDurationMs: slotDurationMs(values),
    slotsPerEpoch: SLOTS_PER_EPOCH[preset],
    forks: forkEpochs(values),
    blobSchedule: blobSchedule(values),
    maxBlobsPerBlockDeneb: maxBlobs(values, 'MAX_BLOBS_PER_BLOCK', DEFAULT_MAX_BLOBS_DENEB),
    maxBlobsPerBlockElectra: maxBlobs(values, 'MAX_BLOBS_PER_BLOCK_ELECTRA', DEFAULT_MAX_BLOBS_ELECTRA),
  }
}
