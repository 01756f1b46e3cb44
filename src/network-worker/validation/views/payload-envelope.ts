import { type FieldRange, fieldRange } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { toHex } from '../../../shared/hex.ts'

interface EnvelopePlaces {
  readonly slotNumber: FieldRange
  readonly builderIndex: FieldRange
  readonly blockRoot: FieldRange
}

/** A SignedExecutionPayloadEnvelope. */
export class PayloadEnvelopeView {
  /** That of the payload. */
  readonly slot: number
  /** UINT64_MAX, which no double holds exactly, when the proposer built the payload itself. */
  readonly builderIndex: number
  readonly #ssz: Uint8Array
  readonly #places: EnvelopePlaces

  constructor(ssz: Uint8Array, places: EnvelopePlaces) {
    this.slot = readUint64(ssz, places.slotNumber.start(ssz))
    this.builderIndex = readUint64(ssz, places.builderIndex.start(ssz))
    this.#ssz = ssz
    this.#places = places
  }

  /** Root of the block that the payload belongs to, hex digits. */
  get blockRootHex(): string {
    const { blockRoot } = this.#places
    return toHex(this.#ssz.subarray(blockRoot.start(this.#ssz), blockRoot.end(this.#ssz)))
  }
}

/** Makes views of objects of `type`, a SignedExecutionPayloadEnvelope. Throws an Error when it is none. */
export function payloadEnvelopeViews(type: ContainerType): (ssz: Uint8Array) => PayloadEnvelopeView {
  const places: EnvelopePlaces = {
    slotNumber: fieldRange(type, 'message.payload.slotNumber'),
    builderIndex: fieldRange(type, 'message.builderIndex'),
    blockRoot: fieldRange(type, 'message.beaconBlockRoot'),
  }
  return (ssz) => new PayloadEnvelopeView(ssz, places)
}
