/**
 * How long the SSZ of a gossip object can be: a shorter or longer message is refused before it is decompressed. Numbers
 * follow from the containers in the consensus specs; the tests hold them against @lodestar/types for both presets. A
 * bound may be looser than the type, never tighter.
 */
import { type ForkName, isForkAtLeast, type PresetName } from '../network-config.ts'

/** MAX_PAYLOAD_SIZE, the most uncompressed bytes of a gossip or Req/Resp payload (specs/phase0/p2p-interface.md). */
export const MAX_PAYLOAD_SIZE = 10 * 1024 * 1024

export interface SszBounds {
  readonly min: number
  readonly max: number
}

/** `maxBlobs` is the blob limit of the digest the message came under. */
export type BoundsOf = (fork: ForkName, preset: PresetName, maxBlobs: number) => SszBounds

/** The bounds of a type of one length in every fork and preset. */
export function exactly(bytes: number): BoundsOf {
  const bounds: SszBounds = { min: bytes, max: bytes }
  return () => bounds
}

/** Bytes that SyncAggregate loses in the minimal preset: SYNC_COMMITTEE_SIZE is 32 instead of 512 bits. */
const MINIMAL_SYNC_BITS_SAVING = (512 - 32) / 8

function syncSaving(preset: PresetName): number {
  return preset === 'minimal' ? MINIMAL_SYNC_BITS_SAVING : 0
}

/** A SignedBeaconBlock whose lists are all empty, mainnet preset. */
const EMPTY_BLOCK_BYTES: Readonly<Record<ForkName, number>> = {
  phase0: 404,
  altair: 564,
  bellatrix: 1076,
  capella: 1084,
  deneb: 1104,
  electra: 1120,
  fulu: 1120,
  gloas: 924,
}

/** From Bellatrix on transactions make the type's own limit astronomical, and the payload limit rules. */
export const blockBounds: BoundsOf = (fork, preset) => {
  const empty = EMPTY_BLOCK_BYTES[fork]
  if (fork === 'phase0') return { min: empty, max: 157_756 }
  return { min: empty - syncSaving(preset), max: fork === 'altair' ? 157_916 : MAX_PAYLOAD_SIZE }
}

/** SignedAggregateAndProof around an attestation: two offsets, aggregator index, selection proof, signature. */
const AGGREGATE_ENVELOPE_BYTES = 208

/** Offset, AttestationData, signature and a bitlist: at least its sentinel byte, at most 2048 bits of committee. */
const PHASE0_ATTESTATION: SszBounds = { min: 4 + 128 + 96 + 1, max: 4 + 128 + 96 + 2048 / 8 + 1 }

/** Electra adds committee_bits, and a bitlist over all 64 (minimal: 4) committees of a slot. */
function electraAttestation(preset: PresetName): SszBounds {
  const committees = preset === 'minimal' ? 4 : 64
  const fixed = 4 + 128 + 96 + Math.ceil(committees / 8)
  return { min: fixed + 1, max: fixed + (2048 * committees) / 8 + 1 }
}

export const aggregateBounds: BoundsOf = (fork, preset) => {
  const { min, max } = isForkAtLeast(fork, 'electra') ? electraAttestation(preset) : PHASE0_ATTESTATION
  return { min: AGGREGATE_ENVELOPE_BYTES + min, max: AGGREGATE_ENVELOPE_BYTES + max }
}

/** Attestation up to Deneb, SingleAttestation (two indices, AttestationData, signature) from Electra on. */
const SINGLE_ATTESTATION: SszBounds = { min: 240, max: 240 }

export const attestationBounds: BoundsOf = (fork) =>
  isForkAtLeast(fork, 'electra') ? SINGLE_ATTESTATION : PHASE0_ATTESTATION

/** Two IndexedAttestations: 228 bytes each without indices, and up to 2048 indices (Electra: times 64 committees). */
export const attesterSlashingBounds: BoundsOf = (fork) => {
  const indices = isForkAtLeast(fork, 'electra') ? 2048 * 64 : 2048
  return { min: 2 * (4 + 228), max: 2 * (4 + 228 + 8 * indices) }
}

/** aggregation_bits of a subcommittee: 128 bits of mainnet, 8 of minimal. */
export const contributionBounds: BoundsOf = (_fork, preset) => {
  const bytes = preset === 'minimal' ? 345 : 360
  return { min: bytes, max: bytes }
}

/** ExecutionPayloadHeader.extra_data, the one variable part of a light client header; the same in both presets. */
export const MAX_EXTRA_DATA_BYTES = 32

/**
 * Lengths with empty extra_data by the fork whose container is in force. Altair's are fixed; Gloas's are again, with a
 * block hash in place of the payload header.
 */
function lightClientBounds(bytes: LightClientBytes, headers: number): BoundsOf {
  return (fork, preset) => {
    const min = lightClientBytes(bytes, fork) - syncSaving(preset)
    const hasPayloadHeader = isForkAtLeast(fork, 'capella') && !isForkAtLeast(fork, 'gloas')
    return { min, max: hasPayloadHeader ? min + headers * MAX_EXTRA_DATA_BYTES : min }
  }
}

interface LightClientBytes {
  readonly altair: number
  readonly capella: number
  readonly deneb: number
  readonly electra: number
  readonly gloas: number
}

function lightClientBytes(bytes: LightClientBytes, fork: ForkName): number {
  if (isForkAtLeast(fork, 'gloas')) return bytes.gloas
  if (isForkAtLeast(fork, 'electra')) return bytes.electra
  if (isForkAtLeast(fork, 'deneb')) return bytes.deneb
  return isForkAtLeast(fork, 'capella') ? bytes.capella : bytes.altair
}

export const finalityUpdateBounds = lightClientBounds(
  { altair: 584, capella: 1992, deneb: 2024, electra: 2056, gloas: 1448 },
  2,
)

export const optimisticUpdateBounds = lightClientBounds(
  { altair: 280, capella: 984, deneb: 1000, electra: 1000, gloas: 664 },
  1,
)

/** BYTES_PER_CELL: 64 field elements of 32 bytes (specs/fulu/polynomial-commitments-sampling.md). */
export const CELL_BYTES = 2048
/** A proof or a commitment. One blob adds a cell and a proof to a DataColumnSidecar, and up to Fulu a commitment. */
const KZG_BYTES = 48
/** MAX_BLOB_COMMITMENTS_PER_BLOCK of both presets. */
const MAX_BLOB_COMMITMENTS = 4096

export const dataColumnBounds: BoundsOf = (fork, _preset, maxBlobs) => {
  const isGloas = isForkAtLeast(fork, 'gloas')
  const empty = isGloas ? 56 : 356
  const bytesPerBlob = CELL_BYTES + (isGloas ? KZG_BYTES : 2 * KZG_BYTES)
  return { min: empty, max: empty + bytesPerBlob * Math.min(maxBlobs, MAX_BLOB_COMMITMENTS) }
}

/** SignedExecutionPayloadBid: 324 bytes and one commitment for each blob the type allows. */
export const payloadBidBounds: BoundsOf = () => ({ min: 324, max: 324 + KZG_BYTES * MAX_BLOB_COMMITMENTS })

/** SignedExecutionPayloadEnvelope: transactions leave only the payload limit. */
export const payloadEnvelopeBounds: BoundsOf = () => ({ min: 740, max: MAX_PAYLOAD_SIZE })
