/**
 * The demo's own network: every fork up to Fulu in force from genesis, short slots, and versions that no other network
 * uses. It reaches the relay as an ordinary `--network-dir`, so the relay knows nothing of a demo.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SLOTS_PER_EPOCH } from '@lodestar/params'
import { FAR_FUTURE_EPOCH, FORK_NAMES, type ForkName, type NetworkConfig } from '../consensus/network-config.ts'
import { fromHex, toHex } from '../shared/hex.ts'
import type { KeyRing } from './keys.ts'
import { VALIDATOR_COUNT, validatorsRoot } from './validators.ts'

/** Short, so that a newcomer sees something happen; a whole number of seconds, as execution timestamps need. */
export const SLOT_DURATION_MS = 4000
/** Genesis lies this far back at start, so that no part ever meets a network before its genesis. */
const GENESIS_AGE_SLOTS = 3
const MAX_BLOBS_PER_BLOCK = 6
/** The network's last fork: what the demo's objects are typed and signed for. */
export const DEMO_FORK = 'fulu'

/** Fork number, then "sta" in ASCII. */
function versionHex(fork: ForkName): string {
  return `0${FORK_NAMES.indexOf(fork)}737461`
}

export interface DemoNetwork {
  readonly config: NetworkConfig
  readonly genesisValidatorsRoot: Uint8Array
  /** Version of DEMO_FORK, 4 bytes. */
  readonly forkVersion: Uint8Array
}

/** The network as of a start at `nowMs`. Only its genesis time differs from one start to the next. */
export function createDemoNetwork(keys: KeyRing, nowMs: number): DemoNetwork {
  const genesisValidatorsRoot = validatorsRoot(keys, VALIDATOR_COUNT)
  const config: NetworkConfig = {
    name: 'starling-demo',
    genesisTimeSeconds: Math.floor((nowMs - GENESIS_AGE_SLOTS * SLOT_DURATION_MS) / 1000),
    genesisValidatorsRootHex: toHex(genesisValidatorsRoot),
    slotDurationMs: SLOT_DURATION_MS,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    forks: FORK_NAMES.map((name) => ({
      name,
      versionHex: versionHex(name),
      epoch: name === 'gloas' ? FAR_FUTURE_EPOCH : 0,
    })),
    blobSchedule: [],
    maxBlobsPerBlockDeneb: MAX_BLOBS_PER_BLOCK,
    maxBlobsPerBlockElectra: MAX_BLOBS_PER_BLOCK,
    bootnodes: [],
  }
  return { config, genesisValidatorsRoot, forkVersion: fromHex(versionHex(DEMO_FORK), 4) }
}

/** FAR_FUTURE_EPOCH as config.yaml spells it (configs/mainnet.yaml). */
const FAR_FUTURE_TEXT = '18446744073709551615'

function configYaml(config: NetworkConfig): string {
  const forkLines = config.forks.flatMap(({ name, versionHex: version, epoch }) => {
    if (name === 'phase0') return [`GENESIS_FORK_VERSION: 0x${version}`]
    const key = name.toUpperCase()
    const epochText = Number.isFinite(epoch) ? String(epoch) : FAR_FUTURE_TEXT
    return [`${key}_FORK_VERSION: 0x${version}`, `${key}_FORK_EPOCH: ${epochText}`]
  })
  return [
    "PRESET_BASE: 'mainnet'",
    `CONFIG_NAME: '${config.name}'`,
    `MIN_GENESIS_TIME: ${config.genesisTimeSeconds}`,
    'GENESIS_DELAY: 0',
    ...forkLines,
    `SECONDS_PER_SLOT: ${config.slotDurationMs / 1000}`,
    `SLOT_DURATION_MS: ${config.slotDurationMs}`,
    `MAX_BLOBS_PER_BLOCK: ${config.maxBlobsPerBlockDeneb}`,
    `MAX_BLOBS_PER_BLOCK_ELECTRA: ${config.maxBlobsPerBlockElectra}`,
    'BLOB_SCHEDULE: []',
    '',
  ].join('\n')
}

/**
 * Writes the network in the layout of the public network repositories: config.yaml, genesis_validators_root.txt and
 * genesis_time.txt.
 * @throws Error of node:fs when `dir` cannot be written
 */
export function writeNetworkDir(dir: string, config: NetworkConfig): void {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'config.yaml'), configYaml(config))
  writeFileSync(join(dir, 'genesis_validators_root.txt'), `0x${config.genesisValidatorsRootHex}\n`)
  writeFileSync(join(dir, 'genesis_time.txt'), `${config.genesisTimeSeconds}\n`)
}
