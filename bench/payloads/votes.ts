/** Votes of Fulu that break no rule which a relay can hold them against. Nobody signed them. */
import { hash, randomBytes } from 'node:crypto'
import { BitArray } from '@chainsafe/ssz'
import { type phase0, ssz } from '@lodestar/types'
import { fixedOffset } from '../../src/consensus/ssz/ssz-layout-fields.ts'
import { gossipType } from '../../src/consensus/ssz-types/gossip-types.ts'
import type { GossipKind } from '../../src/consensus/topic-table.ts'
import type { PayloadShape, PayloadStamp } from '../../test/support/go-payload.ts'
import { halfCompressible } from './half-compressible.ts'
import { stampedShape } from './stamped-payload.ts'

const SIGNATURE_BYTES = 96
const ROOT_BYTES = 32
/** Mainnet's registry has some two million validators: votes come from all over it, each of another one. */
const VALIDATORS = 2 ** 21
/** A committee of mainnet: 1.1 million active validators over 32 slots of 64 committees. */
const COMMITTEE_MEMBERS = 535
const COMMITTEES_PER_SLOT = 64
/** TARGET_AGGREGATORS_PER_COMMITTEE, specs/phase0/validator.md */
const TARGET_AGGREGATORS = 16

/** Where each number of a message is replaced, by the path of its field. */
function stampsOf(kind: GossipKind, fields: Readonly<Record<string, PayloadStamp['value']>>): readonly PayloadStamp[] {
  const type = gossipType(kind, 'fulu', 'mainnet')
  return Object.entries(fields).map(([path, value]) => ({
    ...{ offset: fixedOffset(type, path), value },
    ...(value === 'serial' ? { below: VALIDATORS } : {}),
  }))
}

/** Data of a vote, whose slot and target are replaced. */
function voteData(): phase0.AttestationData {
  return {
    ...{ slot: 0, index: 0, beaconBlockRoot: randomBytes(ROOT_BYTES) },
    source: { epoch: 0, root: new Uint8Array(ROOT_BYTES) },
    target: { epoch: 0, root: randomBytes(ROOT_BYTES) },
  }
}

/**
 * SingleAttestation, 240 B. With 64 committees in each slot, a subnet has the one of its own number
 * (compute_subnet_for_attestation, specs/phase0/validator.md).
 */
export function attestationShape(): PayloadShape {
  const object = ssz.electra.SingleAttestation.serialize({
    ...{ committeeIndex: 0, attesterIndex: 0 },
    data: voteData(),
    signature: halfCompressible(SIGNATURE_BYTES),
  })
  const fields = {
    committeeIndex: 'topicNumber',
    attesterIndex: 'serial',
    'data.slot': 'slot',
    'data.target.epoch': 'epoch',
  } as const
  return stampedShape(object, stampsOf('beacon_attestation', fields))
}

/** SignedAggregateAndProof of a committee of mainnet, 511 B. */
export function aggregateShape(): PayloadShape {
  const bits = halfCompressible(Math.ceil(COMMITTEE_MEMBERS / 8))
  // Its highest bit is no member's.
  bits[bits.length - 1] = 0
  const aggregate = {
    aggregationBits: new BitArray(bits, COMMITTEE_MEMBERS),
    data: voteData(),
    signature: halfCompressible(SIGNATURE_BYTES),
    committeeBits: BitArray.fromSingleBit(COMMITTEES_PER_SLOT, 0),
  }
  const object = ssz.electra.SignedAggregateAndProof.serialize({
    message: { aggregatorIndex: 0, aggregate, selectionProof: selectingProof() },
    signature: halfCompressible(SIGNATURE_BYTES),
  })
  const fields = {
    'message.aggregatorIndex': 'serial',
    'message.aggregate.data.slot': 'slot',
    'message.aggregate.data.target.epoch': 'epoch',
  } as const
  return stampedShape(object, stampsOf('beacon_aggregate_and_proof', fields))
}

/** Found by trying: one of 33 selects. Spec: specs/phase0/validator.md#aggregation-selection */
function selectingProof(): Uint8Array {
  const modulo = BigInt(Math.floor(COMMITTEE_MEMBERS / TARGET_AGGREGATORS))
  for (;;) {
    const proof = halfCompressible(SIGNATURE_BYTES)
    if (hash('sha256', proof, 'buffer').readBigUInt64LE() % modulo === 0n) return proof
  }
}

/** SyncCommitteeMessage, 144 B. */
export function syncMessageShape(): PayloadShape {
  const object = ssz.altair.SyncCommitteeMessage.serialize({
    ...{ slot: 0, beaconBlockRoot: randomBytes(ROOT_BYTES), validatorIndex: 0 },
    signature: halfCompressible(SIGNATURE_BYTES),
  })
  return stampedShape(object, stampsOf('sync_committee', { slot: 'slot', validatorIndex: 'serial' }))
}
