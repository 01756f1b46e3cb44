/** The attestation subnets that a node should keep (specs/phase0/p2p-interface.md#attestation-subnet-subscription). */
import { hash } from 'node:crypto'
import type { PresetName } from './network-config.ts'
import { ATTESTATION_SUBNET_COUNT } from './topic-table.ts'

/** SUBNETS_PER_NODE */
export const SUBNETS_PER_NODE = 2
/** EPOCHS_PER_SUBNET_SUBSCRIPTION: the subnets change once in this many epochs. */
export const EPOCHS_PER_SUBNET_SUBSCRIPTION = 256
/** ATTESTATION_SUBNET_PREFIX_BITS, of NODE_ID_BITS = 256. */
const PREFIX_BITS = 6
const NODE_ID_BYTES = 32
/** SHUFFLE_ROUND_COUNT of the presets (specs/phase0/beacon-chain.md). */
const SHUFFLE_ROUNDS: Readonly<Record<PresetName, number>> = { mainnet: 90, minimal: 10 }

function u64le(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat(parts), 'buffer')
}

/** One round of the swap-or-not shuffle: where `index` of `count` is swapped to, or itself. Its own inverse. */
function swapOrNot(index: number, count: number, seed: Uint8Array, round: number): number {
  const roundByte = Uint8Array.of(round)
  const pivot = Number(sha256(seed, roundByte).readBigUInt64LE(0) % BigInt(count))
  const flip = (pivot + count - index) % count
  const position = Math.max(index, flip)
  const window = Buffer.alloc(4)
  window.writeUInt32LE(Math.floor(position / 256))
  const source = sha256(seed, roundByte, window)
  const byte = source[Math.floor((position % 256) / 8)] ?? 0
  return ((byte >> (position % 8)) & 1) === 1 ? flip : index
}

/**
 * compute_shuffled_index (specs/phase0/beacon-chain.md): where `index` of `count` lands in the swap-or-not shuffle.
 * @param count at most 2^32, which keeps every step exact in a number
 */
export function computeShuffledIndex(index: number, count: number, seed: Uint8Array, rounds: number): number {
  let shuffled = index
  for (let round = 0; round < rounds; round++) shuffled = swapOrNot(shuffled, count, seed, round)
  return shuffled
}

/** The inverse of `computeShuffledIndex`: which index lands at `shuffled`. */
export function computeUnshuffledIndex(shuffled: number, count: number, seed: Uint8Array, rounds: number): number {
  let index = shuffled
  for (let round = rounds - 1; round >= 0; round--) index = swapOrNot(index, count, seed, round)
  return index
}

/**
 * compute_subscribed_subnets: the two attestation subnets that peers expect this node to serve in `epoch`.
 * @param nodeId the 32-byte discv5 node id
 * @throws Error when the node id has another length
 */
export function computeSubscribedSubnets(nodeId: Uint8Array, epoch: number, preset: PresetName = 'mainnet'): number[] {
  const [firstByte] = nodeId
  if (firstByte === undefined || nodeId.length !== NODE_ID_BYTES) throw new Error('a node id has 32 bytes')
  const prefix = firstByte >> (8 - PREFIX_BITS)
  const period = subscriptionPeriod(nodeId[NODE_ID_BYTES - 1] ?? 0, epoch)
  const permuted = computeShuffledIndex(prefix, 1 << PREFIX_BITS, sha256(u64le(period)), SHUFFLE_ROUNDS[preset])
  return Array.from({ length: SUBNETS_PER_NODE }, (_, index) => (permuted + index) % ATTESTATION_SUBNET_COUNT)
}

/**
 * The inverse of `computeSubscribedSubnets`: the first 6 bits that a node id with this last byte must have, for the node
 * to be asked for `subnet` in `epoch`.
 * @param place which of the node's two subnets it shall be, 0 or 1
 */
export function prefixOfSubnet(
  subnet: number,
  place: number,
  lastByte: number,
  epoch: number,
  preset: PresetName = 'mainnet',
): number {
  const permuted = (subnet - place + ATTESTATION_SUBNET_COUNT) % ATTESTATION_SUBNET_COUNT
  const seed = sha256(u64le(subscriptionPeriod(lastByte, epoch)))
  return computeUnshuffledIndex(permuted, 1 << PREFIX_BITS, seed, SHUFFLE_ROUNDS[preset])
}

/** Counts the rotations; the node id spreads nodes over the 256 epochs. node_id % 256 is its last byte. */
function subscriptionPeriod(lastByte: number, epoch: number): number {
  return Math.floor((Math.max(0, epoch) + lastByte) / EPOCHS_PER_SUBNET_SUBSCRIPTION)
}

/** The first epoch after `epoch` at which `computeSubscribedSubnets` may answer differently. */
export function nextSubnetRotationEpoch(nodeId: Uint8Array, epoch: number): number {
  const offset = nodeId[NODE_ID_BYTES - 1] ?? 0
  return (subscriptionPeriod(offset, epoch) + 1) * EPOCHS_PER_SUBNET_SUBSCRIPTION - offset
}
