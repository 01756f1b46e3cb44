/** Headers for light clients of any fork since Altair. Spec: specs/<fork>/light-client/sync-protocol.md */

import { type ForkName, isForkAtLeast } from '../../../consensus/network-config.ts'
import { payloadHeaderRoot } from '../../../consensus/payload-header-root.ts'
import { isValidMerkleBranch } from '../../../consensus/ssz/merkle-proof.ts'
import { type FieldRange, fieldRange } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { HeaderView } from './block-header.ts'

/** EXECUTION_PAYLOAD_GINDEX is 25, EXECUTION_BLOCK_HASH_GINDEX_GLOAS 2856; the leading bit is the depth's. */
const EXECUTION_PAYLOAD_INDEX = 25 - 2 ** 4
const EXECUTION_BLOCK_HASH_INDEX_GLOAS = 2856 - 2 ** 11

/** What a header says of its block's execution, and how it is proven. */
interface ExecutionPlaces {
  readonly value: FieldRange
  readonly branch: FieldRange
  /** Among the nodes of its depth in the block's body. */
  readonly index: number
  readonly rootOf: (value: Uint8Array) => Uint8Array
}

export interface LightClientHeaderPlaces {
  readonly beacon: FieldRange
  /** From Capella on. */
  readonly execution: ExecutionPlaces | undefined
}

/** A LightClientHeader, seen as the BeaconBlockHeader in it. */
export class LightClientHeaderView extends HeaderView {
  readonly #execution: ExecutionPlaces | undefined

  constructor(ssz: Uint8Array, { beacon, execution }: LightClientHeaderPlaces) {
    super(ssz, beacon.start(ssz))
    this.#execution = execution
  }

  /**
   * is_valid_light_client_header, of a header that is of its container's fork: what it says of the execution is in the
   * block's body. The header of genesis is let be, whose block was never one of the chain's: not all say the same of it.
   */
  get isExecutionProven(): boolean {
    if (this.#execution === undefined || this.slot === 0) return true
    const { value, branch, index, rootOf } = this.#execution
    return isValidMerkleBranch(rootOf(this.#field(value)), this.#field(branch), index, this.bodyRoot)
  }

  #field(range: FieldRange): Uint8Array {
    return this.ssz.subarray(range.start(this.ssz), range.end(this.ssz))
  }
}

/** Forks whose headers say more, or other things, of the execution than those of the forks before. */
const EXECUTION_FORKS = ['capella', 'deneb', 'gloas'] as const satisfies readonly ForkName[]

/**
 * True when headers of the two forks say the same of the execution. An update carries all headers in the container of
 * its own fork, an older one made to fit: its proof is then of another form.
 */
export function haveSameExecution(a: ForkName, b: ForkName): boolean {
  return EXECUTION_FORKS.every((fork) => isForkAtLeast(a, fork) === isForkAtLeast(b, fork))
}

function executionPlaces(type: ContainerType, path: string, fork: ForkName): ExecutionPlaces | undefined {
  if (!isForkAtLeast(fork, 'capella')) return undefined
  const branch = fieldRange(type, `${path}.executionBranch`)
  if (isForkAtLeast(fork, 'gloas')) {
    const value = fieldRange(type, `${path}.executionBlockHash`)
    return { value, branch, index: EXECUTION_BLOCK_HASH_INDEX_GLOAS, rootOf: (hash) => hash }
  }
  const value = fieldRange(type, `${path}.execution`)
  const { type: payloadHeader } = value
  if (payloadHeader.kind !== 'container') throw new Error(`${type.name}.${path}.execution is no container`)
  return { value, branch, index: EXECUTION_PAYLOAD_INDEX, rootOf: (ssz) => payloadHeaderRoot(payloadHeader, ssz) }
}

/** The places of the header at `path` of `type`, a container of `fork`. Throws an Error when there is none. */
export function lightClientHeaderPlaces(type: ContainerType, path: string, fork: ForkName): LightClientHeaderPlaces {
  return { beacon: fieldRange(type, `${path}.beacon`), execution: executionPlaces(type, path, fork) }
}
