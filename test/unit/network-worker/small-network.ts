import type { BlobParameters, ForkName, NetworkConfig } from '../../../src/consensus/network-config.ts'

/** Fork versions of the network below, oldest first. */
const FORKS: readonly ForkName[] = ['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu']

export interface SmallNetworkOptions {
  readonly genesisTimeSeconds?: number
  readonly slotDurationMs?: number
  readonly slotsPerEpoch?: number
  /** Every fork before fulu starts at 0. */
  readonly fuluEpoch?: number
  readonly blobSchedule?: readonly BlobParameters[]
}

/** A network with seconds-long slots, so that a fake clock crosses epochs in few steps. Fulu from the start. */
export function smallNetwork(options: SmallNetworkOptions = {}): NetworkConfig {
  const { genesisTimeSeconds = 1_700_000_000, slotDurationMs = 2000, slotsPerEpoch = 8, fuluEpoch = 0 } = options
  return {
    name: 'small',
    genesisTimeSeconds,
    genesisValidatorsRootHex: '5a'.repeat(32),
    slotDurationMs,
    slotsPerEpoch,
    forks: FORKS.map((name, index) => ({
      name,
      versionHex: `${index + 1}0000077`,
      epoch: name === 'fulu' ? fuluEpoch : 0,
    })),
    blobSchedule: options.blobSchedule ?? [],
    maxBlobsPerBlockDeneb: 6,
    maxBlobsPerBlockElectra: 9,
    bootnodes: [],
  }
}
