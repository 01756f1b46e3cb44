import { type FieldRange, fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { compareUint64 } from '../../../consensus/ssz/ssz-read.ts'
import { attestationData } from '../../../consensus/ssz-types/basic.ts'

const INDEX_BYTES = 8
const SOURCE_EPOCH_AT = fixedOffset(attestationData, 'source.epoch')
const TARGET_EPOCH_AT = fixedOffset(attestationData, 'target.epoch')

interface AttestationPlaces {
  readonly indices: FieldRange
  readonly data: FieldRange
}

/** An IndexedAttestation of a slashing. Indices can be 131,072, so that they are read the quickest way. */
class IndexedAttestationView {
  readonly indexCount: number
  /** AttestationData. */
  readonly data: Uint8Array
  readonly #indices: DataView

  constructor(ssz: Uint8Array, { indices, data }: AttestationPlaces) {
    const start = indices.start(ssz)
    const lengthBytes = indices.end(ssz) - start
    this.indexCount = lengthBytes / INDEX_BYTES
    this.data = ssz.subarray(data.start(ssz), data.end(ssz))
    this.#indices = new DataView(ssz.buffer, ssz.byteOffset + start, lengthBytes)
  }

  /** Exact up to 2^53; see `readUint64`. */
  indexAt(position: number): number {
    const at = position * INDEX_BYTES
    return this.#indices.getUint32(at, true) + this.#indices.getUint32(at + 4, true) * 2 ** 32
  }

  /** At least one index, and each above the one before. */
  get areIndicesSorted(): boolean {
    let last = -1
    for (let position = 0; position < this.indexCount; position++) {
      const index = this.indexAt(position)
      if (index <= last) return false
      last = index
    }
    return last >= 0
  }

  /** The last index, which is the greatest when they are sorted. */
  get lastIndex(): number {
    return this.indexAt(this.indexCount - 1)
  }
}

/** An AttesterSlashing. */
export class AttesterSlashingView {
  readonly first: IndexedAttestationView
  readonly second: IndexedAttestationView
  #common: Float64Array | undefined

  constructor(ssz: Uint8Array, places: readonly [AttestationPlaces, AttestationPlaces]) {
    this.first = new IndexedAttestationView(ssz, places[0])
    this.second = new IndexedAttestationView(ssz, places[1])
  }

  /**
   * is_slashable_attestation_data: a double vote, or the first one surrounds the second. Epochs are compared to the last
   * bit: whoever signs votes of absurd ones can be slashed for them, and honest peers say so.
   */
  get isDataSlashable(): boolean {
    const [first, second] = [this.first.data, this.second.data]
    const source = compareUint64(first, SOURCE_EPOCH_AT, second, SOURCE_EPOCH_AT)
    const target = compareUint64(first, TARGET_EPOCH_AT, second, TARGET_EPOCH_AT)
    const isDouble = target === 0 && Buffer.compare(first, second) !== 0
    return isDouble || (source < 0 && target > 0)
  }

  /** The indices that are in both attestations; right when both are sorted. Found when first asked for. */
  get commonIndices(): Float64Array {
    this.#common ??= intersection(this.first, this.second)
    return this.#common
  }
}

function intersection(a: IndexedAttestationView, b: IndexedAttestationView): Float64Array {
  const common = new Float64Array(Math.min(a.indexCount, b.indexCount))
  let count = 0
  for (let atA = 0, atB = 0; atA < a.indexCount && atB < b.indexCount; ) {
    const indexA = a.indexAt(atA)
    const indexB = b.indexAt(atB)
    if (indexA === indexB) common[count++] = indexA
    if (indexA <= indexB) atA++
    if (indexB <= indexA) atB++
  }
  return common.subarray(0, count)
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
