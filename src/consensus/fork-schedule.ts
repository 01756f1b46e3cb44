/**
 * From a network's forks and blob schedule to its fork digests: one entry for every change of digest. Everything that
 * carries a digest (topics, ENR `eth2` and `nfd`, Status, context bytes) rolls at these epochs.
 */
import { hash } from 'node:crypto'
import { fromHex } from '../shared/hex.ts'
import {
  type BlobParameters,
  type ForkEpoch,
  type ForkName,
  isForkAtLeast,
  type NetworkConfig,
} from './network-config.ts'

export interface DigestEntry {
  readonly epoch: number
  readonly fork: ForkName
  readonly forkVersionHex: string
  /** Eight lower-case hex digits. */
  readonly digestHex: string
  /** 0 before Deneb, which has no blobs. */
  readonly maxBlobsPerBlock: number
}

export interface ForkSchedule {
  /** In order of epoch; the first one starts at epoch 0. */
  readonly entries: readonly DigestEntry[]
  /** The entry in force at `epoch`; before genesis, the first. */
  at(epoch: number): DigestEntry
  /** The first entry that starts after `epoch`. */
  next(epoch: number): DigestEntry | undefined
  byDigest(digestHex: string): DigestEntry | undefined
}

/**
 * compute_fork_digest. Before Fulu the first 4 bytes of hash_tree_root(ForkData); from Fulu on (pass `blobs`, the blob
 * parameters in force) these are XORed with the hash of the parameters.
 * Spec: specs/phase0/beacon-chain.md#compute_fork_digest, specs/fulu/beacon-chain.md#modified-compute_fork_digest
 *
 * @param forkVersionHex 4 bytes of hex
 * @param genesisValidatorsRootHex 32 bytes of hex
 * @throws Error when one of them is not hex of that length
 */
export function computeForkDigest(
  forkVersionHex: string,
  genesisValidatorsRootHex: string,
  blobs?: BlobParameters,
): string {
  const forkData = new Uint8Array(64)
  forkData.set(fromHex(forkVersionHex, 4), 0)
  forkData.set(fromHex(genesisValidatorsRootHex, 32), 32)
  const digest = hash('sha256', forkData, 'buffer').subarray(0, 4)
  if (blobs === undefined) return digest.toString('hex')
  const parameters = Buffer.alloc(16)
  parameters.writeBigUInt64LE(BigInt(blobs.epoch), 0)
  parameters.writeBigUInt64LE(BigInt(blobs.maxBlobsPerBlock), 8)
  const mask = hash('sha256', parameters, 'buffer').readUInt32BE(0)
  const mixed = (digest.readUInt32BE(0) ^ mask) >>> 0
  return mixed.toString(16).padStart(8, '0')
}

/**
 * get_blob_parameters (specs/fulu/beacon-chain.md): the last row of BLOB_SCHEDULE that has begun, else Electra's own.
 * A row dated before Fulu starts no digest, yet is in force when Fulu begins.
 */
function blobParametersAt(network: NetworkConfig, epoch: number): BlobParameters {
  let found: BlobParameters | undefined
  for (const row of network.blobSchedule) {
    if (row.epoch <= epoch && (found === undefined || row.epoch >= found.epoch)) found = row
  }
  if (found !== undefined) return found
  const electra = network.forks.find((fork) => fork.name === 'electra')
  // An unscheduled Electra with a scheduled Fulu is refused by network-dir; 0 keeps the digest computable.
  const electraEpoch = electra !== undefined && Number.isFinite(electra.epoch) ? electra.epoch : 0
  return { epoch: electraEpoch, maxBlobsPerBlock: network.maxBlobsPerBlockElectra }
}

/** The fork in force at `epoch`; of several that start together, the latest. */
function forkAt(network: NetworkConfig, epoch: number): ForkEpoch {
  const fork = network.forks.findLast((candidate) => candidate.epoch <= epoch)
  if (fork === undefined) throw new Error(`no fork of ${network.name} has begun at epoch ${epoch}`)
  return fork
}

function digestEntry(network: NetworkConfig, epoch: number): DigestEntry {
  const { name: fork, versionHex } = forkAt(network, epoch)
  const blobs = isForkAtLeast(fork, 'fulu') ? blobParametersAt(network, epoch) : undefined
  let maxBlobsPerBlock = 0
  if (blobs !== undefined) maxBlobsPerBlock = blobs.maxBlobsPerBlock
  else if (fork === 'electra') maxBlobsPerBlock = network.maxBlobsPerBlockElectra
  else if (fork === 'deneb') maxBlobsPerBlock = network.maxBlobsPerBlockDeneb
  const digestHex = computeForkDigest(versionHex, network.genesisValidatorsRootHex, blobs)
  return { epoch, fork, forkVersionHex: versionHex, digestHex, maxBlobsPerBlock }
}

/** Epochs where the digest may change: scheduled forks, and the rows of BLOB_SCHEDULE from Fulu on. */
function boundaries(network: NetworkConfig): number[] {
  const fuluEpoch = network.forks.find((fork) => fork.name === 'fulu')?.epoch ?? Number.POSITIVE_INFINITY
  const epochs = new Set<number>([0])
  for (const { epoch } of network.forks) if (Number.isFinite(epoch)) epochs.add(epoch)
  for (const { epoch } of network.blobSchedule) if (Number.isFinite(epoch) && epoch >= fuluEpoch) epochs.add(epoch)
  return [...epochs].sort((a, b) => a - b)
}

/**
 * The network's digest changes. Forks of one epoch collapse to the last, unscheduled ones are left out.
 * @throws Error when no fork starts at epoch 0, or a version or root is not hex of its length
 */
export function createForkSchedule(network: NetworkConfig): ForkSchedule {
  const entries: DigestEntry[] = []
  for (const epoch of boundaries(network)) {
    const entry = digestEntry(network, epoch)
    if (entry.digestHex !== entries.at(-1)?.digestHex) entries.push(entry)
  }
  const [first] = entries
  if (first === undefined) throw new Error('a fork schedule has at least the genesis entry')
  const byDigest = new Map(entries.map((entry) => [entry.digestHex, entry]))
  return {
    entries,
    at: (epoch) => entries.findLast((entry) => entry.epoch <= epoch) ?? first,
    next: (epoch) => entries.find((entry) => entry.epoch > epoch),
    byDigest: (digestHex) => byDigest.get(digestHex),
  }
}
