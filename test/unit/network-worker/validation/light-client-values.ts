import { BitArray } from '@chainsafe/ssz'
import { type altair, type capella, type deneb, ssz } from '@lodestar/types'
import { hashPair } from '../../../../src/demo/merkle.ts'
import { SLOTS_PER_EPOCH } from './judge-scene.ts'

const COMMITTEE_SIZE = 512
/** Two thirds of a committee and one more, as 512 is no multiple of three. */
export const SUPERMAJORITY = 342

/** What headers of all forks have, and what those since Capella and since Gloas have besides. */
export interface AnyHeader {
  beacon: altair.LightClientHeader['beacon']
  execution?: capella.ExecutionPayloadHeader | deneb.ExecutionPayloadHeader
  executionBlockHash?: Uint8Array
  executionBranch?: Uint8Array[]
}

/** What updates of all forks have. */
export interface AnyUpdate {
  attestedHeader: AnyHeader
  syncAggregate: altair.SyncAggregate
  signatureSlot: number
}

export interface AnyFinalityUpdate extends AnyUpdate {
  finalizedHeader: AnyHeader
  finalityBranch: Uint8Array[]
}

export interface UpdateType<Update> {
  defaultValue(): Update
  serialize(value: Update): Uint8Array
}

export function participation(count: number): BitArray {
  const bits = BitArray.fromBitLen(COMMITTEE_SIZE)
  for (let bit = 0; bit < count; bit++) bits.set(bit, true)
  return bits
}

function branchRoot(leaf: Uint8Array, branch: readonly Uint8Array[], index: number): Uint8Array {
  let node = leaf
  for (const [level, sibling] of branch.entries()) {
    const isRight = ((index >> level) & 1) === 1
    node = isRight ? hashPair(sibling, node) : hashPair(node, sibling)
  }
  return node
}

function executionLeaf({ execution, executionBlockHash }: AnyHeader): Uint8Array | undefined {
  if (executionBlockHash !== undefined) return executionBlockHash
  if (execution === undefined) return undefined
  return 'blobGasUsed' in execution
    ? ssz.deneb.ExecutionPayloadHeader.hashTreeRoot(execution)
    : ssz.capella.ExecutionPayloadHeader.hashTreeRoot(execution)
}

/** Gives a header a body which its payload's header, the tenth field of 16, or its block hash is in. */
export function proveExecution(header: AnyHeader): void {
  const leaf = executionLeaf(header)
  if (leaf === undefined || header.executionBranch === undefined) return
  header.executionBranch = header.executionBranch.map((_, level) => new Uint8Array(32).fill(0x40 + level))
  const index = header.executionBlockHash === undefined ? 9 : 2856 - 2048
  header.beacon.bodyRoot = branchRoot(leaf, header.executionBranch, index)
}

/** Gives the attested header a state in which `leaf` is the finalized root, which is the 42nd of 64, and so on. */
export function proveFinality(value: AnyFinalityUpdate, leaf: Uint8Array): void {
  const indexInLevel: Readonly<Record<number, number>> = { 6: 105 % 64, 7: 169 % 128, 9: 735 % 512 }
  value.finalityBranch = value.finalityBranch.map((_, level) => new Uint8Array(32).fill(level + 1))
  const index = indexInLevel[value.finalityBranch.length] ?? Number.NaN
  value.attestedHeader.beacon.stateRoot = branchRoot(leaf, value.finalityBranch, index)
}

/** Says something of a header's execution, and proves it. */
function execute(header: AnyHeader, seed: number): void {
  if (header.execution !== undefined) {
    Object.assign(header.execution, {
      feeRecipient: new Uint8Array(20).fill(seed),
      logsBloom: new Uint8Array(256).fill(seed + 1),
      gasLimit: 45_000_000,
      extraData: Buffer.from('relay'),
      baseFeePerGas: 7n,
      blockHash: new Uint8Array(32).fill(seed + 2),
    })
  }
  if (header.executionBlockHash !== undefined) header.executionBlockHash = new Uint8Array(32).fill(seed)
  proveExecution(header)
}

/** Signed in `slot`, about the block of the slot before. */
export function optimisticUpdate<Update extends AnyUpdate>(type: UpdateType<Update>, slot: number): Update {
  const value = type.defaultValue()
  value.attestedHeader.beacon.slot = slot - 1
  value.attestedHeader.beacon.proposerIndex = 17
  execute(value.attestedHeader, 0x70)
  value.syncAggregate.syncCommitteeBits = participation(SUPERMAJORITY)
  value.signatureSlot = slot
  return value
}

/** The same, and that the block of two epochs before is finalized. */
export function finalityUpdate<Update extends AnyFinalityUpdate>(type: UpdateType<Update>, slot: number): Update {
  const value = optimisticUpdate(type, slot)
  value.finalizedHeader.beacon.slot = slot - 2 * SLOTS_PER_EPOCH
  value.finalizedHeader.beacon.parentRoot = new Uint8Array(32).fill(8)
  execute(value.finalizedHeader, 0x50)
  proveFinality(value, ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.finalizedHeader.beacon))
  return value
}
