/** Writes the directory of a small private network, as devnet generators lay it out. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of the network other parts of a test need to know. */
export interface TestNetwork {
  readonly genesisTimeSeconds: number
  /** 64 hex digits. */
  readonly genesisValidatorsRootHex: string
  readonly slotSeconds: number
  readonly fuluVersionHex: string
  /** The one row of BLOB_SCHEDULE, in force from epoch 0. */
  readonly blobEpoch: number
  readonly maxBlobs: number
}

/** Far enough back that slot 0 is over, near enough that no slot number is large. */
const GENESIS_AGE_SECONDS = 120
/** What BLS changes are signed for, whatever the fork. */
export const GENESIS_VERSION_HEX = '10000038'
const FORKS = ['ALTAIR', 'BELLATRIX', 'CAPELLA', 'DENEB', 'ELECTRA', 'FULU'] as const

/** A network of its own: every fork up to fulu at epoch 0, mainnet preset. */
export function testNetwork(overrides: Partial<TestNetwork> = {}): TestNetwork {
  return {
    genesisTimeSeconds: Math.floor(Date.now() / 1000) - GENESIS_AGE_SECONDS,
    genesisValidatorsRootHex: '5a'.repeat(32),
    slotSeconds: 12,
    fuluVersionHex: '70000038',
    blobEpoch: 0,
    maxBlobs: 15,
    ...overrides,
  }
}

/** Writes `config.yaml`, `genesis_time.txt` and `genesis_validators_root.txt` into an existing directory. */
export function writeNetworkDirectory(directory: string, network: TestNetwork): void {
  writeFileSync(join(directory, 'config.yaml'), configYaml(network))
  writeFileSync(join(directory, 'genesis_time.txt'), `${network.genesisTimeSeconds}\n`)
  writeFileSync(join(directory, 'genesis_validators_root.txt'), `0x${network.genesisValidatorsRootHex}\n`)
}

function configYaml(network: TestNetwork): string {
  const forks = FORKS.flatMap((fork, index) => {
    const version = fork === 'FULU' ? network.fuluVersionHex : `${index + 2}0000038`
    return [`${fork}_FORK_VERSION: 0x${version}`, `${fork}_FORK_EPOCH: 0`]
  })
  return [
    "PRESET_BASE: 'mainnet'",
    "CONFIG_NAME: 'testnet-of-one'",
    'MIN_GENESIS_TIME: 1578009600',
    `GENESIS_FORK_VERSION: 0x${GENESIS_VERSION_HEX}`,
    ...forks,
    `SECONDS_PER_SLOT: ${network.slotSeconds}`,
    `SLOT_DURATION_MS: ${network.slotSeconds * 1000}`,
    'MAX_PAYLOAD_SIZE: 10485760',
    'ATTESTATION_SUBNET_COUNT: 64',
    'SUBNETS_PER_NODE: 2',
    'MAX_BLOBS_PER_BLOCK: 6',
    'MAX_BLOBS_PER_BLOCK_ELECTRA: 9',
    'NUMBER_OF_CUSTODY_GROUPS: 128',
    'DATA_COLUMN_SIDECAR_SUBNET_COUNT: 128',
    'SAMPLES_PER_SLOT: 8',
    'CUSTODY_REQUIREMENT: 4',
    'BLOB_SCHEDULE:',
    `  - EPOCH: ${network.blobEpoch}`,
    `    MAX_BLOBS_PER_BLOCK: ${network.maxBlobs}`,
    '',
  ].join('\n')
}
