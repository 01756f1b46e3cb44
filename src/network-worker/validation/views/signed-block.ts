import { type ForkName, isForkAtLeast } from '../../../consensus/network-config.ts'
import { type FieldRange, fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import { type ContainerType, OFFSET_BYTES } from '../../../consensus/ssz/ssz-layout-type.ts'
import { areEqualBytes, readUint64 } from '../../../consensus/ssz/ssz-read.ts'

const ROOT_BYTES = 32
const BID = 'message.body.signedExecutionPayloadBid.message'

/** Where what the rules look at lies in the blocks of a fork. */
interface BlockPlaces {
  readonly slotAt: number
  readonly proposerIndexAt: number
  readonly parentRootAt: number
  /** From Bellatrix until Gloas. */
  readonly payload: FieldRange | undefined
  readonly timestamp: FieldRange | undefined
  /** An ExecutionPayload() of defaults, which in Bellatrix says that execution is not enabled yet. */
  readonly noPayload: Uint8Array | undefined
  /** From Deneb on; from Gloas on those of the bid. */
  readonly commitments: FieldRange | undefined
  /** From Gloas on. */
  readonly bidParentRoot: FieldRange | undefined
}

/** A SignedBeaconBlock of any fork. */
export class BlockView {
  readonly slot: number
  readonly proposerIndex: number
  readonly #ssz: Uint8Array
  readonly #places: BlockPlaces

  constructor(ssz: Uint8Array, places: BlockPlaces) {
    this.slot = readUint64(ssz, places.slotAt)
    this.proposerIndex = readUint64(ssz, places.proposerIndexAt)
    this.#ssz = ssz
    this.#places = places
  }

  /** In seconds; undefined when the block has no payload whose time could be wrong. */
  get payloadTimestamp(): number | undefined {
    const { payload, timestamp, noPayload } = this.#places
    if (payload === undefined || timestamp === undefined) return undefined
    const isEmpty = noPayload !== undefined && this.#isPayload(payload, noPayload)
    return isEmpty ? undefined : readUint64(this.#ssz, timestamp.start(this.#ssz))
  }

  /** How many blobs the block, or its bid, commits to. */
  get blobCount(): number {
    return this.#places.commitments?.count(this.#ssz) ?? 0
  }

  /** False when the block carries a bid that is for another parent than its own. */
  get isBidForParent(): boolean {
    const { bidParentRoot, parentRootAt } = this.#places
    if (bidParentRoot === undefined) return true
    return areEqualBytes(this.#ssz, parentRootAt, bidParentRoot.start(this.#ssz), ROOT_BYTES)
  }

  #isPayload(place: FieldRange, payload: Uint8Array): boolean {
    const start = place.start(this.#ssz)
    if (place.end(this.#ssz) - start !== payload.length) return false
    return Buffer.compare(this.#ssz.subarray(start, start + payload.length), payload) === 0
  }
}

/** The value of a container whose fields are all empty: every offset leads behind the fixed part, all else is 0. */
function defaultBytes(type: ContainerType): Uint8Array {
  const ssz = Buffer.alloc(type.headBytes)
  for (const { at } of type.variableFields) ssz.writeUIntLE(type.headBytes, at, OFFSET_BYTES)
  return ssz
}

function payloadPlaces(type: ContainerType, fork: ForkName): Pick<BlockPlaces, 'payload' | 'timestamp' | 'noPayload'> {
  if (!isForkAtLeast(fork, 'bellatrix') || isForkAtLeast(fork, 'gloas')) {
    return { payload: undefined, timestamp: undefined, noPayload: undefined }
  }
  const payload = fieldRange(type, 'message.body.executionPayload')
  const isOptional = fork === 'bellatrix' && payload.type.kind === 'container'
  return {
    payload,
    timestamp: fieldRange(type, 'message.body.executionPayload.timestamp'),
    noPayload: isOptional ? defaultBytes(payload.type) : undefined,
  }
}

function commitmentsPlace(type: ContainerType, fork: ForkName): FieldRange | undefined {
  if (!isForkAtLeast(fork, 'deneb')) return undefined
  return fieldRange(
    type,
    isForkAtLeast(fork, 'gloas') ? `${BID}.blobKzgCommitments` : 'message.body.blobKzgCommitments',
  )
}

/** Makes views of objects of `type`, the SignedBeaconBlock of a fork. Throws an Error when it is none. */
export function blockViews(type: ContainerType, fork: ForkName): (ssz: Uint8Array) => BlockView {
  const places: BlockPlaces = {
    slotAt: fixedOffset(type, 'message.slot'),
    proposerIndexAt: fixedOffset(type, 'message.proposerIndex'),
    parentRootAt: fixedOffset(type, 'message.parentRoot'),
    ...payloadPlaces(type, fork),
    commitments: commitmentsPlace(type, fork),
    bidParentRoot: isForkAtLeast(fork, 'gloas') ? fieldRange(type, `${BID}.parentBlockRoot`) : undefined,
  }
  return (ssz) => new BlockView(ssz, places)
}
