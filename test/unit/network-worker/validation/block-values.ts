/** Blocks and their headers that pass, without signatures. */
import { type bellatrix, type deneb, type fulu, type gloas, type phase0, ssz } from '@lodestar/types'
import { ALL_FORKS } from './judge-scene.ts'

export const PROPOSER = 1_234_567

/** compute_time_at_slot of the network that tests use. */
export function secondsAt(slot: number): number {
  return ALL_FORKS.genesisTimeSeconds + (slot * ALL_FORKS.slotDurationMs) / 1000
}

/** What blocks of all forks have. */
export interface AnyBlock {
  readonly message: { slot: number; proposerIndex: number; parentRoot: Uint8Array }
}

function fill<Block extends AnyBlock>(block: Block, slot: number): Block {
  block.message.slot = slot
  block.message.proposerIndex = PROPOSER
  block.message.parentRoot = new Uint8Array(32).fill(4)
  return block
}

export function phase0Block(slot: number): phase0.SignedBeaconBlock {
  return fill(ssz.phase0.SignedBeaconBlock.defaultValue(), slot)
}

export function bellatrixBlock(slot: number): bellatrix.SignedBeaconBlock {
  const block = fill(ssz.bellatrix.SignedBeaconBlock.defaultValue(), slot)
  block.message.body.executionPayload.timestamp = secondsAt(slot)
  block.message.body.executionPayload.transactions = [new Uint8Array(100).fill(2)]
  return block
}

export function denebBlock(slot: number): deneb.SignedBeaconBlock {
  const block = fill(ssz.deneb.SignedBeaconBlock.defaultValue(), slot)
  block.message.body.executionPayload.timestamp = secondsAt(slot)
  block.message.body.blobKzgCommitments = commitments(3)
  return block
}

/** With something in each list in front of the commitments. */
export function fuluBlock(slot: number): fulu.SignedBeaconBlock {
  const block = fill(ssz.fulu.SignedBeaconBlock.defaultValue(), slot)
  const { body } = block.message
  body.attestations = [ssz.electra.Attestation.defaultValue(), ssz.electra.Attestation.defaultValue()]
  body.voluntaryExits = [ssz.phase0.SignedVoluntaryExit.defaultValue()]
  body.executionPayload.timestamp = secondsAt(slot)
  body.executionPayload.extraData = Buffer.from('relay')
  body.executionPayload.transactions = [new Uint8Array(1000).fill(2), new Uint8Array(0), new Uint8Array(7)]
  body.blobKzgCommitments = commitments(3)
  body.executionRequests.withdrawals = [ssz.electra.WithdrawalRequest.defaultValue()]
  return block
}

export function gloasBlock(slot: number): gloas.SignedBeaconBlock {
  const block = fill(ssz.gloas.SignedBeaconBlock.defaultValue(), slot)
  const bid = block.message.body.signedExecutionPayloadBid.message
  bid.parentBlockRoot = block.message.parentRoot
  bid.slot = slot
  bid.blobKzgCommitments = commitments(3)
  return block
}

export function commitments(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new Uint8Array(48).fill(index + 1))
}
