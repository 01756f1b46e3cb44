/** What spammers send: true objects made wrong in one way each, and bytes that are none. Nothing here is signed anew. */
import { BitArray } from '@chainsafe/ssz'
import { type fulu, ssz } from '@lodestar/types'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'

/** What a forged block says of itself. */
export interface Disguise {
  readonly slot: number
  readonly proposerIndex: number
  readonly parentRoot: Uint8Array
  /** That of the execution payload, Unix seconds. */
  readonly timestamp: number
  /** Makes blocks differ that are alike in all else. */
  readonly mark: string
}

const GRAFFITI_BYTES = 32

/** A true block of another slot under a disguise: all that can be said without a state is right, and its signature wrong. */
export function forgedBlock(template: fulu.SignedBeaconBlock, disguise: Disguise): Uint8Array {
  const forged = ssz.fulu.SignedBeaconBlock.clone(template)
  const { message } = forged
  message.slot = disguise.slot
  message.proposerIndex = disguise.proposerIndex
  message.parentRoot = disguise.parentRoot
  message.body.executionPayload.timestamp = disguise.timestamp
  message.body.graffiti = graffitiOf(disguise.mark)
  return ssz.fulu.SignedBeaconBlock.serialize(forged)
}

/** How a copy differs from the true block. */
const ALTERATIONS: readonly ((copy: fulu.SignedBeaconBlock, mark: string) => void)[] = [
  ({ message }, mark) => {
    message.body.graffiti = graffitiOf(mark)
  },
  ({ signature }, mark) => flip(signature, mark),
  ({ message }, mark) => flip(message.stateRoot, mark),
  ({ message }, mark) => flip(message.body.randaoReveal, mark),
  ({ message }, mark) => flip(message.body.executionPayload.feeRecipient, mark),
]

/** A true block with some bytes altered: which, goes by `nth`. */
export function alteredCopy(block: fulu.SignedBeaconBlock, nth: number, mark: string): Uint8Array {
  const copy = ssz.fulu.SignedBeaconBlock.clone(block)
  ALTERATIONS[nth % ALTERATIONS.length]?.(copy, mark)
  return ssz.fulu.SignedBeaconBlock.serialize(copy)
}

/** A vote that breaks a rule that needs no state: which, goes by `nth`. */
export function junkVote(
  head: { readonly slot: number; readonly root: Uint8Array },
  slotsPerEpoch: number,
  nth: number,
): Uint8Array {
  const vote = ssz.electra.SingleAttestation.defaultValue()
  const epoch = Math.floor(head.slot / slotsPerEpoch)
  vote.attesterIndex = nth
  vote.data.slot = head.slot
  vote.data.beaconBlockRoot = head.root
  vote.data.target = { epoch, root: head.root }
  if (nth % 3 === 0) vote.data.index = 1
  else if (nth % 3 === 1) vote.data.target.epoch = epoch + 1
  else vote.committeeIndex = 64
  return ssz.electra.SingleAttestation.serialize(vote)
}

/** An aggregate about a true head that no aggregator has signed: in what needs no state all is right. */
export function forgedAggregate(
  head: { readonly slot: number; readonly root: Uint8Array },
  slotsPerEpoch: number,
  nth: number,
): Uint8Array {
  const signed = ssz.electra.SignedAggregateAndProof.defaultValue()
  const { aggregate } = signed.message
  signed.message.aggregatorIndex = nth
  aggregate.aggregationBits = BitArray.fromBoolArray([true, true])
  aggregate.committeeBits.set(0, true)
  aggregate.data.slot = head.slot
  aggregate.data.beaconBlockRoot = head.root
  aggregate.data.target = { epoch: Math.floor(head.slot / slotsPerEpoch), root: head.root }
  return ssz.electra.SignedAggregateAndProof.serialize(signed)
}

/** A column of one blob that belongs to the subnet after `subnet`. */
export function strayColumn(subnet: number, slot: number, nth: number): Uint8Array {
  const sidecar = ssz.fulu.DataColumnSidecar.defaultValue()
  sidecar.index = (subnet + 1) % 128
  sidecar.column = [new Uint8Array(2048)]
  sidecar.kzgCommitments = [new Uint8Array(48)]
  sidecar.kzgProofs = [new Uint8Array(48)]
  sidecar.signedBlockHeader.message.slot = slot
  sidecar.signedBlockHeader.message.proposerIndex = nth
  return ssz.fulu.DataColumnSidecar.serialize(sidecar)
}

/** Compressed bytes that are larger than they may be, or say so, or do not decompress: which, goes by `nth`. */
export function bomb(nth: number): Uint8Array {
  const salt = Buffer.from(`bomb ${nth}`)
  const claimsFourGigabytes = Buffer.concat([Buffer.from('ffffffff0f', 'hex'), salt])
  const garbage = Buffer.concat([Buffer.from('c801', 'hex'), Buffer.alloc(180, 0xff), salt])
  const zeros = new Uint8Array(2 ** 20)
  zeros.set(salt)
  return [claimsFourGigabytes, garbage, compressBlock(zeros)][nth % 3] ?? garbage
}

function graffitiOf(mark: string): Uint8Array {
  return Buffer.alloc(GRAFFITI_BYTES, mark.padEnd(GRAFFITI_BYTES, '\0'))
}

/** Changes bits of the last two bytes, which of them goes by `mark`. */
function flip(bytes: Uint8Array, mark: string): void {
  const pattern = [...mark].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) & 0xffff, 1) || 1
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ (pattern & 0xff)
  bytes[last - 1] = (bytes[last - 1] ?? 0) ^ (pattern >> 8) ^ 1
}
