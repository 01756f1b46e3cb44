/**
 * What a network is, as plain data: it crosses worker ports by structured clone, comes from a file of `networks/` or
 * from a `--network-dir`, and is all that the fork schedule, the slot clock and the topics need.
 */

/** Every fork this relay knows, oldest first. Gloas has names and bounds here but no network schedules it yet. */
export const FORK_NAMES = ['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu', 'gloas'] as const
export type ForkName = (typeof FORK_NAMES)[number]

/** Compile-time presets of the consensus specs (presets/mainnet, presets/minimal). */
export type PresetName = 'mainnet' | 'minimal'

/** The epoch of a fork that is not scheduled (FAR_FUTURE_EPOCH, 2**64 - 1, which a number cannot hold). */
export const FAR_FUTURE_EPOCH = Number.POSITIVE_INFINITY

export interface ForkEpoch {
  readonly name: ForkName
  /** The 4-byte fork version as eight lower-case hex digits. */
  readonly versionHex: string
  /** First epoch of the fork; `Infinity` when it is not scheduled. */
  readonly epoch: number
}

/** A row of BLOB_SCHEDULE (specs/fulu/beacon-chain.md, EIP-7892). */
export interface BlobParameters {
  readonly epoch: number
  readonly maxBlobsPerBlock: number
}

export interface NetworkConfig {
  readonly name: string
  /** Unix time of slot 0, in seconds. */
  readonly genesisTimeSeconds: number
  /** 64 lower-case hex digits, no `0x`. */
  readonly genesisValidatorsRootHex: string
  readonly slotDurationMs: number
  readonly slotsPerEpoch: number
  /** Absent means mainnet. Changes the SSZ sizes of a few types and the rounds of the shuffle. */
  readonly preset?: PresetName
  /** Oldest first, phase0 at epoch 0. */
  readonly forks: readonly ForkEpoch[]
  /** In order of epoch. */
  readonly blobSchedule: readonly BlobParameters[]
  readonly maxBlobsPerBlockDeneb: number
  readonly maxBlobsPerBlockElectra: number
  /** About how many validators are active; absent where nobody can say. Gossip scores are made from it. */
  readonly activeValidators?: number
  /** ENRs or multiaddrs of the network's boot nodes. */
  readonly bootnodes: readonly string[]
}

/** True when `fork` is `reference` or a later one. */
export function isForkAtLeast(fork: ForkName, reference: ForkName): boolean {
  return FORK_NAMES.indexOf(fork) >= FORK_NAMES.indexOf(reference)
}

/** The network's preset, mainnet when it names none. */
export function presetOf(network: NetworkConfig): PresetName {
  return network.preset ?? 'mainnet'
}
