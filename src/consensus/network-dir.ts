/**
 * A network from a directory in the layout of devnet generators and of the public network repositories: `config.yaml`,
 * `genesis.ssz` or `genesis_time.txt` and `genesis_validators_root.txt`, and optional lists of boot nodes.
 */
import { basename, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { RelayError } from '../shared/errors.ts'
import { fromHex, toHex } from '../shared/hex.ts'
import { type ChainConfig, parseChainConfig } from './chain-config.ts'
import type { NetworkConfig } from './network-config.ts'
import { fileError, readHead, readText } from './network-files.ts'

export interface GenesisOverrides {
  readonly genesisTimeSeconds?: number
  /** 32 bytes of hex, with or without `0x`. */
  readonly genesisValidatorsRootHex?: string
}

/** BeaconState begins with genesis_time (u64) and genesis_validators_root in every fork; the rest is never read. */
const GENESIS_HEAD_BYTES = 40
/** Tens of thousands of years: more is not a time but another file, e.g. the text of a Git LFS pointer. */
const MAX_GENESIS_TIME_SECONDS = 2 ** 40
const LFS_POINTER = 'version https://git-lfs'

interface Genesis {
  readonly timeSeconds: number
  readonly validatorsRootHex: string
}

/**
 * Reads a network directory. The genesis time and root come, each on its own, from the override (an explicit setting
 * beats a file), else `genesis.ssz`, else `genesis_time.txt` and `genesis_validators_root.txt`; MIN_GENESIS_TIME of the
 * config is never used. With both overridden `genesis.ssz` is not opened. Boot nodes are those of all lists found.
 *
 * @throws RelayError CONFIG_INVALID whose text names the file and what is wrong in it
 */
export function readNetworkDir(dir: string, overrides: GenesisOverrides = {}): NetworkConfig {
  const chain = readChainConfig(dir)
  const genesis = readGenesis(dir, overrides)
  return {
    name: chain.name ?? basename(resolve(dir)),
    genesisTimeSeconds: genesis.timeSeconds,
    genesisValidatorsRootHex: genesis.validatorsRootHex,
    slotDurationMs: chain.slotDurationMs,
    slotsPerEpoch: chain.slotsPerEpoch,
    preset: chain.preset,
    forks: chain.forks,
    blobSchedule: chain.blobSchedule,
    maxBlobsPerBlockDeneb: chain.maxBlobsPerBlockDeneb,
    maxBlobsPerBlockElectra: chain.maxBlobsPerBlockElectra,
    bootnodes: readBootnodes(dir),
  }
}

function readChainConfig(dir: string): ChainConfig {
  const path = join(dir, 'config.yaml')
  const text = readText(path)
  if (text === undefined) throw new RelayError('CONFIG_INVALID', `no config.yaml in the network directory ${dir}`)
  try {
    return parseChainConfig(text)
  } catch (error) {
    throw fileError(path, error instanceof Error ? error.message : String(error), error)
  }
}

function readGenesis(dir: string, overrides: GenesisOverrides): Genesis {
  const overriddenTime = checkTime(overrides.genesisTimeSeconds)
  const overriddenRoot = checkRoot(overrides.genesisValidatorsRootHex)
  const needsFile = overriddenTime === undefined || overriddenRoot === undefined
  const state = needsFile ? readGenesisState(dir) : undefined
  const timeSeconds = overriddenTime ?? state?.timeSeconds ?? readGenesisTime(dir)
  if (timeSeconds === undefined) throw missing(dir, 'genesis time', 'genesis_time.txt', '--genesis-time')
  const validatorsRootHex = overriddenRoot ?? state?.validatorsRootHex ?? readValidatorsRoot(dir)
  if (validatorsRootHex === undefined) {
    throw missing(dir, 'genesis validators root', 'genesis_validators_root.txt', '--genesis-validators-root')
  }
  return { timeSeconds, validatorsRootHex }
}

function missing(dir: string, what: string, file: string, flag: string): RelayError {
  const text = `no ${what}: the network directory ${dir} has neither genesis.ssz nor ${file}, and ${flag} is not given`
  return new RelayError('CONFIG_INVALID', text)
}

function checkTime(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined
  if (Number.isInteger(seconds) && seconds >= 0 && seconds < MAX_GENESIS_TIME_SECONDS) return seconds
  throw new RelayError('CONFIG_INVALID', `--genesis-time is not a Unix time in seconds: ${seconds}`)
}

function checkRoot(hex: string | undefined): string | undefined {
  if (hex === undefined) return undefined
  try {
    return toHex(fromHex(hex, 32))
  } catch (cause) {
    throw new RelayError('CONFIG_INVALID', '--genesis-validators-root is not 32 bytes of hex', {}, { cause })
  }
}

function readGenesisState(dir: string): Genesis | undefined {
  const path = join(dir, 'genesis.ssz')
  const head = readHead(path, GENESIS_HEAD_BYTES)
  if (head === undefined) return undefined
  if (head.length < GENESIS_HEAD_BYTES) throw fileError(path, 'is too short for a beacon state')
  if (new TextDecoder().decode(head).startsWith(LFS_POINTER)) {
    throw fileError(
      path,
      'is a Git LFS pointer, not the state: run `git lfs pull`, or remove it and give the two .txt files',
    )
  }
  const timeSeconds = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true))
  if (timeSeconds >= MAX_GENESIS_TIME_SECONDS) throw fileError(path, 'does not begin with a genesis time')
  return { timeSeconds, validatorsRootHex: toHex(head.subarray(8, GENESIS_HEAD_BYTES)) }
}

function readGenesisTime(dir: string): number | undefined {
  const path = join(dir, 'genesis_time.txt')
  const text = readText(path)?.trim()
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text) || Number(text) >= MAX_GENESIS_TIME_SECONDS) {
    throw fileError(path, `is not a Unix time in seconds: ${text.slice(0, 80)}`)
  }
  return Number(text)
}

function readValidatorsRoot(dir: string): string | undefined {
  const path = join(dir, 'genesis_validators_root.txt')
  const text = readText(path)?.trim()
  if (text === undefined) return undefined
  try {
    return toHex(fromHex(text, 32))
  } catch (error) {
    throw fileError(path, `is not 32 bytes of hex: ${text.slice(0, 80)}`, error)
  }
}

const BOOTNODE_LISTS = ['bootstrap_nodes.yaml', 'boot_enr.yaml', 'bootstrap_nodes.txt', 'boot_enr.txt'] as const

function readBootnodes(dir: string): string[] {
  const nodes = BOOTNODE_LISTS.flatMap((file) => {
    const path = join(dir, file)
    const text = readText(path)
    if (text === undefined) return []
    const entries = file.endsWith('.yaml') ? yamlEntries(path, text) : textEntries(text)
    for (const entry of entries) {
      if (!/^(?:enr:|\/)\S+$/.test(entry)) {
        throw fileError(path, `is a list of ENRs and multiaddrs, this is neither: ${entry.slice(0, 80)}`)
      }
    }
    return entries
  })
  return [...new Set(nodes)]
}

/** A YAML list of strings; an empty file is an empty list. */
function yamlEntries(path: string, text: string): string[] {
  let value: unknown
  try {
    value = parse(text, { schema: 'failsafe', logLevel: 'error' })
  } catch (error) {
    throw fileError(path, error instanceof Error ? error.message : String(error), error)
  }
  if (value === null || value === '') return []
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value
  throw fileError(path, 'is not a YAML list of strings')
}

/** One a line; some generators write the YAML list marker into `.txt` files too. */
function textEntries(text: string): string[] {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/#.*$/, '')
        .trim()
        .replace(/^-\s+/, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .filter((line) => line !== '')
}
