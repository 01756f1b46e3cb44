/**
 * Reads a few fields of SSZ objects at their fixed offsets, without decoding the rest. What is read is only a claim of
 * the sender: nothing here checks offsets against the container's layout.
 */
import { toHex } from '../../shared/hex.ts'
import { type ForkName, isForkAtLeast } from '../network-config.ts'
import type { GossipKind } from '../topic-table.ts'

/** Offset of the message in a signed container whose message is variable: 4 bytes of offset and the signature. */
const SIGNED_MESSAGE_OFFSET = 100
/** AggregateAndProof: aggregator index, offset, selection proof. */
const AGGREGATE_AND_PROOF_BYTES = 108
/** BlobSidecar: index, blob, commitment, proof, then the signed header. */
const BLOB_HEADER_OFFSET = 8 + 131_072 + 48 + 48
/** ExecutionPayload (gloas): the fixed part ends in slot_number. */
const PAYLOAD_SLOT_OFFSET = 532

type OffsetOf = (fork: ForkName, ssz: Uint8Array) => number | undefined

/**
 * A LightClientHeader begins with its beacon header, whose first field is the slot. It is fixed in Altair and Gloas
 * and elsewhere found through the first offset.
 */
const attestedHeader: OffsetOf = (fork, ssz) => {
  const isVariable = isForkAtLeast(fork, 'capella') && !isForkAtLeast(fork, 'gloas')
  return isVariable ? readU32(ssz, 0) : 0
}

/** SignedExecutionPayloadEnvelope: the payload lies where the message's first offset says. */
const envelopePayload: OffsetOf = (_fork, ssz) => {
  const payload = readU32(ssz, SIGNED_MESSAGE_OFFSET)
  return payload === undefined ? undefined : SIGNED_MESSAGE_OFFSET + payload + PAYLOAD_SLOT_OFFSET
}

const SLOT_OFFSETS: Readonly<Record<GossipKind, OffsetOf | undefined>> = {
  beacon_block: () => SIGNED_MESSAGE_OFFSET,
  beacon_aggregate_and_proof: () => SIGNED_MESSAGE_OFFSET + AGGREGATE_AND_PROOF_BYTES + 4,
  beacon_attestation: (fork) => (isForkAtLeast(fork, 'electra') ? 16 : 4),
  voluntary_exit: undefined,
  proposer_slashing: undefined,
  attester_slashing: undefined,
  sync_committee_contribution_and_proof: () => 8,
  sync_committee: () => 0,
  light_client_finality_update: attestedHeader,
  light_client_optimistic_update: attestedHeader,
  bls_to_execution_change: undefined,
  blob_sidecar: () => BLOB_HEADER_OFFSET,
  data_column_sidecar: (fork) => (isForkAtLeast(fork, 'gloas') ? 16 : 20),
  execution_payload_bid: () => SIGNED_MESSAGE_OFFSET + 164,
  execution_payload: envelopePayload,
  payload_attestation_message: () => 40,
  proposer_preferences: () => 32,
}

function readU32(ssz: Uint8Array, offset: number): number | undefined {
  if (offset + 4 > ssz.length) return undefined
  return new DataView(ssz.buffer, ssz.byteOffset, ssz.byteLength).getUint32(offset, true)
}

/** A u64 as a number: exact below 2^53, and above only near, where no slot or index of a living network is. */
function readU64(ssz: Uint8Array, offset: number): number | undefined {
  if (offset + 8 > ssz.length) return undefined
  const view = new DataView(ssz.buffer, ssz.byteOffset, ssz.byteLength)
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true)
}

/**
 * The slot a gossip object is about: of the block, of the attestation data, of the signed header, of the attested
 * header (light client updates, whose digest it decides), the slot proposed for (bids, preferences). Undefined when the
 * bytes are too short and for kinds without a slot: exits, slashings, BLS changes.
 */
export function peekSlot(kind: GossipKind, fork: ForkName, ssz: Uint8Array): number | undefined {
  const offset = SLOT_OFFSETS[kind]?.(fork, ssz)
  return offset === undefined ? undefined : readU64(ssz, offset)
}

export interface BlockPeek {
  readonly slot: number
  readonly proposerIndex: number
  /** 64 hex digits, no `0x`. */
  readonly parentRootHex: string
  readonly stateRootHex: string
}

/** The head of a SignedBeaconBlock of any fork; undefined when the bytes are too short for it. */
export function peekBlock(ssz: Uint8Array): BlockPeek | undefined {
  const parentRoot = SIGNED_MESSAGE_OFFSET + 16
  const slot = readU64(ssz, SIGNED_MESSAGE_OFFSET)
  const proposerIndex = readU64(ssz, SIGNED_MESSAGE_OFFSET + 8)
  if (slot === undefined || proposerIndex === undefined || ssz.length < parentRoot + 64) return undefined
  return {
    slot,
    proposerIndex,
    parentRootHex: toHex(ssz.subarray(parentRoot, parentRoot + 32)),
    stateRootHex: toHex(ssz.subarray(parentRoot + 32, parentRoot + 64)),
  }
}
