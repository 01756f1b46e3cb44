import { type FieldRange, fieldRange, fixedOffset } from '../../../consensus/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz-read.ts'
import { attestationData } from '../../../consensus/ssz-types/basic.ts'

const INDEX_BYTES = 8
const SOURCE_EPOCH_AT = fixedOffset(attestationData, 'source.epoch')
const TARGET_EPOCH_AT = fixedOffset(attestationData, 'target.epoch')

interface AttestationPlaces {
  readonly indices: FieldRange
  readonly data: FieldRange
}

/** An IndexedAttestation of a slashing. */
class IndexedAttestationView {
  /** Its attesting indices as they are serialised, 8 bytes each. */
  readonly indices: Uint8Array
  /** AttestationData. */
  readonly data: Uint8Array

  constructor(ssz: Uint8Array, { indices, data }: AttestationPlaces) {
    this.indices = ssz.subarray(indices.start(ssz), indices.end(ssz))
    this.data = ssz.subarray(data.start(ssz), data.end(ssz))
  }

  get sourceEpoch(): number {
    return readUint64(this.data, SOURCE_EPOCH_AT)
  }

  get targetEpoch(): number {
    return readUint64(this.data, TARGET_EPOCH_AT)
  }

  /** At least one index, and each above the one before. */
  get areIndicesSorted(): boolean {
    let last = -1
    for (let at = 0; at < this.indices.length; at += INDEX_BYTES) {
      const index = readUint64(this.indices, at)
      if (index <= last) return false
      last = index
    }
    return last >= 0
  }

  /** The last index, which is the greatest when they are sorted. */
  get lastIndex(): number {
    return readUint64(this.indices, this.indices.length - INDEX_BYTES)
  }
}

/** An AttesterSlashing. */
export class AttesterSlashingView {
  readonly first: IndexedAttestationView
  readonly second: IndexedAttestationView
  #common: Uint8Array | undefined

  constructor(ssz: Uint8Array, places: readonly [AttestationPlaces, AttestationPlaces]) {
    this.first = new IndexedAttestationView(ssz, places[0])
    this.second = new IndexedAttestationView(ssz, places[1])
  }

  /** is_slashable_attestation_data: a double vote, or the first one surrounds the second. */
  get isDataSlashable(): boolean {
    const { first, second } = this
    const isDouble = first.targetEpoch === second.targetEpoch && Buffer.compare(first.data, second.data) !== 0
    return isDouble || (first.sourceEpoch < second.sourceEpoch && second.targetEpoch < first.targetEpoch)
  }

  /** The indices that are in both attestations, 8 bytes each; right when both are sorted. Found when first asked for. */
  get commonIndices(): Uint8Array {
    this.#common ??= intersection(this.first.indices, this.second.indices)
    return this.#common
  }
}

/** Of two sorted runs of indices. */
function intersection(a: Uint8Array, b: Uint8Array): Uint8Array {
  const common = new Uint8Array(Math.min(a.length, b.length))
  let length = 0
  for (let atA = 0, atB = 0; atA < a.length && atB < b.length; ) {
    const indexA = readUint64(a, atA)
    const indexB = readUint64(b, atB)
    if (indexA === indexB) {
      common.set(a.subarray(atA, atA + INDEX_BYTES), length)
      length += INDEX_BYTES
    }
    if (indexA <= indexB) atA += INDEX_BYTES
    if (indexB <= indexA) atB += INDEX_BYTES
  }
  return common.subarray(0, length)
}

/** Makes views of objects of `type`, the AttesterSlashing of a fork. Throws an Error when it is none. */
export function attesterSlashingViews(type: ContainerType): (ssz: Uint8Array) => AttesterSlashingView {
  const placesOf = (name: string): AttestationPlaces => ({
    indices: fieldRange(type, `${name}.attestingIndices`),
    data: fieldRange(type, `${name}.data`),
  })
  const places = [placesOf('attestation1'), placesOf('attestation2')] as const
  return (ssz) => new AttesterSlashingView(ssz, places)
}
