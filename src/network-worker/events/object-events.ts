/** Which event an accepted gossip object is, and its JSON. Shapes: beacon-APIs, `apis/eventstream/index.yaml`. */
import { createHash } from 'node:crypto'
import { type ForkName, isForkAtLeast, type PresetName } from '../../consensus/network-config.ts'
import { beaconHeaderRoot } from '../../consensus/ssz/merkle-proof.ts'
import { isValidLayout } from '../../consensus/ssz/ssz-layout.ts'
import { type FieldRange, fieldRange } from '../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../consensus/ssz/ssz-layout-type.ts'
import { gossipType } from '../../consensus/ssz-types/gossip-types.ts'
import type { GossipKind } from '../../consensus/topic-table.ts'
import type { EventTopic } from '../../rpc/gossip-events.ts'
import { to0xHex } from '../../shared/hex.ts'
import { sszToJson } from './ssz-json.ts'

/**
 * Longest object that is written in full. All but slashings are a few hundred bytes; a slashing of 4,000 validators
 * still fits, and one of a whole slot's committees would take its thread ms to write.
 */
const MAX_WHOLE_BYTES = 64 * 1024
/** VERSIONED_HASH_VERSION_KZG, specs/deneb/beacon-chain.md */
const VERSIONED_HASH_VERSION_KZG = '01'

/** The event's data; undefined when the object is too long to be told, or, where nothing is validated, is none. */
type ToJson = (ssz: Uint8Array) => string | undefined

export interface ObjectEvent {
  readonly topic: EventTopic
  readonly toJson: ToJson
}

interface Edition {
  readonly fork: ForkName
  readonly type: ContainerType
}

type MakeEvent = (edition: Edition) => ObjectEvent

/**
 * Rows of the kinds that are events. Blocks are not among them: their roots are worked out on the pool, and told by what
 * keeps the arrivals. From Electra on subnets carry `SingleAttestation`s, which without the committee cannot be made the
 * `Attestation`s they are to become; those of aggregates are there in every fork.
 */
const ROWS: Partial<Readonly<Record<GossipKind, MakeEvent>>> = {
  beacon_attestation: ({ fork, type }) => ({
    topic: isForkAtLeast(fork, 'electra') ? 'single_attestation' : 'attestation',
    toJson: whole(type),
  }),
  beacon_aggregate_and_proof: ({ type }) => ({
    topic: 'attestation',
    toJson: (ssz) => fieldJson(ssz, fieldRange(type, 'message.aggregate')),
  }),
  voluntary_exit: ({ type }) => ({ topic: 'voluntary_exit', toJson: whole(type) }),
  bls_to_execution_change: ({ type }) => ({ topic: 'bls_to_execution_change', toJson: whole(type) }),
  proposer_slashing: ({ type }) => ({ topic: 'proposer_slashing', toJson: whole(type) }),
  attester_slashing: ({ type }) => ({ topic: 'attester_slashing', toJson: whole(type) }),
  sync_committee_contribution_and_proof: ({ type }) => ({ topic: 'contribution_and_proof', toJson: whole(type) }),
  blob_sidecar: ({ type }) => ({ topic: 'blob_sidecar', toJson: blobSidecarJson(type) }),
  data_column_sidecar: ({ fork, type }) => ({
    topic: 'data_column_sidecar',
    toJson: isForkAtLeast(fork, 'gloas') ? gloasColumnJson(type) : columnJson(type),
  }),
  execution_payload: ({ type }) => ({ topic: 'execution_payload_gossip', toJson: payloadJson(type) }),
  execution_payload_bid: (edition) => ({ topic: 'execution_payload_bid', toJson: versioned(edition) }),
  payload_attestation_message: (edition) => ({ topic: 'payload_attestation_message', toJson: versioned(edition) }),
  proposer_preferences: (edition) => ({ topic: 'proposer_preferences', toJson: versioned(edition) }),
}

/** Made when first asked for. Bounded by the forks a network has and the kinds there are. */
export class ObjectEvents {
  readonly #preset: PresetName
  readonly #made = new Map<string, ObjectEvent | undefined>()

  constructor(preset: PresetName) {
    this.#preset = preset
  }

  /** The event that objects of `kind` are in `fork`; undefined when they are none. */
  of(kind: GossipKind, fork: ForkName): ObjectEvent | undefined {
    const key = `${kind}/${fork}`
    const known = this.#made.get(key)
    if (known !== undefined || this.#made.has(key)) return known
    const type = gossipType(kind, fork, this.#preset)
    const made = guarded(ROWS[kind]?.({ fork, type }), type)
    this.#made.set(key, made)
    return made
  }
}

/** With the policy `none` anything may have passed. */
function guarded(event: ObjectEvent | undefined, type: ContainerType): ObjectEvent | undefined {
  if (event === undefined) return undefined
  return { ...event, toJson: (ssz) => (isValidLayout(type, ssz) ? event.toJson(ssz) : undefined) }
}

function whole(type: ContainerType): ToJson {
  return (ssz) => (ssz.length > MAX_WHOLE_BYTES ? undefined : sszToJson(type, ssz))
}

/** Since Gloas the standard names the fork beside the object. */
function versioned({ fork, type }: Edition): ToJson {
  const toJson = whole(type)
  return (ssz) => {
    const data = toJson(ssz)
    return data && `{"version":"${fork}","data":${data}}`
  }
}

function fieldJson(ssz: Uint8Array, field: FieldRange): string {
  return sszToJson(field.type, ssz, field.start(ssz), field.end(ssz))
}

function fieldBytes(ssz: Uint8Array, field: FieldRange): Uint8Array {
  return ssz.subarray(field.start(ssz), field.end(ssz))
}

/** Root, index and slot of what a header vouches for, as the members of an object that is to be closed. */
function headed(type: ContainerType): (ssz: Uint8Array) => string {
  const index = fieldRange(type, 'index')
  const header = fieldRange(type, 'signedBlockHeader.message')
  const slot = fieldRange(type, 'signedBlockHeader.message.slot')
  return (ssz) => {
    const root = to0xHex(beaconHeaderRoot(fieldBytes(ssz, header)))
    return `"block_root":"${root}","index":${fieldJson(ssz, index)},"slot":${fieldJson(ssz, slot)}`
  }
}

function blobSidecarJson(type: ContainerType): ToJson {
  const head = headed(type)
  const commitment = fieldRange(type, 'kzgCommitment')
  return (ssz) => {
    const digest = createHash('sha256').update(fieldBytes(ssz, commitment)).digest('hex')
    const versionedHash = `0x${VERSIONED_HASH_VERSION_KZG}${digest.slice(2)}`
    return `{${head(ssz)},"kzg_commitment":${fieldJson(ssz, commitment)},"versioned_hash":"${versionedHash}"}`
  }
}

/** Earlier versions of the standard had `kzg_commitments`; a reader of a later one does not mind it. */
function columnJson(type: ContainerType): ToJson {
  const head = headed(type)
  const commitments = fieldRange(type, 'kzgCommitments')
  return (ssz) => `{${head(ssz)},"kzg_commitments":${fieldJson(ssz, commitments)}}`
}

function gloasColumnJson(type: ContainerType): ToJson {
  const root = fieldRange(type, 'beaconBlockRoot')
  const index = fieldRange(type, 'index')
  const slot = fieldRange(type, 'slot')
  return (ssz) =>
    `{"block_root":${fieldJson(ssz, root)},"index":${fieldJson(ssz, index)},"slot":${fieldJson(ssz, slot)}}`
}

function payloadJson(type: ContainerType): ToJson {
  const slot = fieldRange(type, 'message.payload.slotNumber')
  const builder = fieldRange(type, 'message.builderIndex')
  const hash = fieldRange(type, 'message.payload.blockHash')
  const root = fieldRange(type, 'message.beaconBlockRoot')
  return (ssz) =>
    `{"slot":${fieldJson(ssz, slot)},"builder_index":${fieldJson(ssz, builder)},` +
    `"block_hash":${fieldJson(ssz, hash)},"block_root":${fieldJson(ssz, root)}}`
}
