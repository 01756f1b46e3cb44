import type { BlobParameters, ForkEpoch, NetworkConfig } from '../../../src/consensus/network-config.ts'

/** Fork versions of the Prysm devnet whose digests the tests expect, oldest first. */
const DEVNET_VERSIONS = ['10', '20', '30', '40', '50', '60', '70'].map((byte) => `${byte}000038`)
const DEVNET_FORKS = ['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu'] as const

/** A devnet of that validator set; `epochs` are those of the forks after phase0, missing ones never start. */
export function devnet(epochs: readonly number[], blobSchedule: readonly BlobParameters[] = []): NetworkConfig {
  const forks = DEVNET_FORKS.map((name, index): ForkEpoch => {
    const epoch = index === 0 ? 0 : (epochs[index - 1] ?? Number.POSITIVE_INFINITY)
    return { name, versionHex: DEVNET_VERSIONS[index] ?? '', epoch }
  })
  return {
    name: 'devnet',
    genesisTimeSeconds: 1_700_000_000,
    genesisValidatorsRootHex: '83431ec7fcf92cfc44947fc0418e831c25e1d0806590231c439830db7ad54fda',
    slotDurationMs: 6000,
    slotsPerEpoch: 32,
    forks,
    blobSchedule,
    maxBlobsPerBlockDeneb: 6,
    maxBlobsPerBlockElectra: 9,
    bootnodes: [],
  }
}
