/**
 * Objects that real clients gossiped, kept in test/fixtures/real-objects with what of their network is needed to judge
 * them. How they were captured: the README there.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createForkSchedule, type DigestEntry } from '../../src/consensus/fork-schedule.ts'
import { FORK_NAMES, type ForkName, type NetworkConfig } from '../../src/consensus/network-config.ts'
import { readNetworkDir } from '../../src/consensus/network-dir.ts'
import { decompressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { type ParsedTopic, parseTopic } from '../../src/consensus/topic.ts'
import type { GossipKind } from '../../src/consensus/topic-table.ts'
import type { KeySource } from '../../src/network-worker/validation/verify/key-source.ts'
import { fromHex } from '../../src/shared/hex.ts'

const ROOT = join(import.meta.dirname, '../fixtures/real-objects')

export interface RealObjectRow {
  readonly file: string
  /** The whole topic it came on. */
  readonly topic: string
  /** That it is about; absent for what is of no slot. */
  readonly slot?: number
  /** Unix time in ms. */
  readonly receivedAtMs: number
}

/** `manifest.json` of a folder. */
export interface RealManifest {
  readonly fork: ForkName
  readonly client: string
  readonly objects: readonly RealObjectRow[]
}

export interface RealNetwork {
  readonly fork: ForkName
  readonly config: NetworkConfig
  /** Keys of all its validators at genesis. */
  readonly keys: KeySource
  readonly objects: readonly RealObject[]
}

export interface RealObject {
  readonly parsed: ParsedTopic
  readonly kind: GossipKind
  readonly entry: DigestEntry
  /** By the slot it is about, or, for what is of no slot, by when it came. */
  readonly slot: number
  readonly receivedAtMs: number
  /** As it came. */
  readonly compressed: Uint8Array
  readonly ssz: Uint8Array
}

/** The forks of which there are objects, in their order. */
export const REAL_FORKS: readonly ForkName[] = FORK_NAMES.filter((fork) => readdirSync(ROOT).includes(fork))

const networks = new Map<ForkName, RealNetwork>()

/** Read once. */
export function realNetwork(fork: ForkName): RealNetwork {
  const known = networks.get(fork)
  if (known !== undefined) return known
  const directory = join(ROOT, fork)
  const config = readNetworkDir(directory)
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as RealManifest
  const network: RealNetwork = {
    fork,
    config,
    keys: readKeys(join(directory, 'validators.txt')),
    objects: manifest.objects.map((row) => readObject(directory, config, row)),
  }
  networks.set(fork, network)
  return network
}

/** The last of a kind that the folder of `fork` lists: that of the richest slot, where there are several. */
export function realObject(fork: ForkName, kind: GossipKind): RealObject {
  const found = realNetwork(fork).objects.findLast((object) => object.kind === kind)
  assert.ok(found !== undefined, `no ${kind} of ${fork}`)
  return found
}

function readKeys(path: string): KeySource {
  const keys = readFileSync(path, 'utf8').trim().split('\n')
  return {
    pubkeyOf: (index) => {
      const key = keys[index]
      return key === undefined ? undefined : fromHex(key, 48)
    },
    proposerOf: () => undefined,
    validatorCount: keys.length,
  }
}

function readObject(directory: string, config: NetworkConfig, row: RealObjectRow): RealObject {
  const parsed = parseTopic(row.topic)
  const entry = createForkSchedule(config).byDigest(parsed?.digestHex ?? '')
  assert.ok(parsed !== undefined && entry !== undefined, `${row.topic} is a topic of its network`)
  const compressed = new Uint8Array(readFileSync(join(directory, row.file)))
  const { minSszBytes, maxSszBytes, kind } = parsed.spec
  const preset = config.preset
  const result = decompressBlock(
    compressed,
    minSszBytes(entry.fork, preset),
    maxSszBytes(entry.fork, entry.maxBlobsPerBlock, preset),
  )
  assert.ok(result.ok, `${row.file} is snappy within the bounds of its topic`)
  const { receivedAtMs } = row
  const slot = row.slot ?? Math.floor((receivedAtMs - config.genesisTimeSeconds * 1000) / config.slotDurationMs)
  return { parsed, kind, entry, slot, receivedAtMs, compressed, ssz: result.bytes }
}
