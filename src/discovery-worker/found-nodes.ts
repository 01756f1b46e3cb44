import type { ENR } from '@chainsafe/enr'
import { nodeRecordOf } from '../consensus/decode-node-record.ts'
import type { Clock } from '../shared/clock.ts'
import type { NodeRecord } from '../shared/node-record.ts'

/** Nodes whose last telling is remembered: more than a mainnet's worth, some 150 bytes each. The oldest goes first. */
const MAX_TOLD = 16_384
/** A record heard of again after this is told again: whoever keeps them wants to know what is still there. */
const TELL_AGAIN_MS = 600_000

interface Told {
  readonly seq: bigint
  readonly atMs: number
}

export interface FoundNodesDeps {
  readonly clock: Clock
  /** Ours, which is no find. */
  readonly localId: string
  readonly onFound: (record: NodeRecord) => void
}

/** Tells each record once: a lookup hears of the same ones from everybody. */
export class FoundNodes {
  readonly #deps: FoundNodesDeps
  readonly #told = new Map<string, Told>()
  /** Records that were no records after all; since start. */
  invalid = 0

  constructor(deps: FoundNodesDeps) {
    this.#deps = deps
  }

  /** Heard of, from the node itself or from another. */
  saw(record: ENR): void {
    const { clock, localId, onFound } = this.#deps
    const { nodeId, seq } = record
    if (nodeId === localId) return
    const nowMs = clock.monotonicMs()
    const told = this.#told.get(nodeId)
    const isStale = told !== undefined && (seq < told.seq || (seq === told.seq && nowMs - told.atMs < TELL_AGAIN_MS))
    if (isStale) return
    const plain = this.#plain(record)
    if (plain === undefined) return
    this.#remember(nodeId, { seq, atMs: nowMs })
    onFound(plain)
  }

  #plain(record: ENR): NodeRecord | undefined {
    try {
      return nodeRecordOf(record)
    } catch {
      this.invalid++
      return undefined
    }
  }

  #remember(nodeId: string, told: Told): void {
    this.#told.delete(nodeId)
    this.#told.set(nodeId, told)
    if (this.#told.size <= MAX_TOLD) return
    const oldest = this.#told.keys().next()
    if (!oldest.done) this.#told.delete(oldest.value)
  }
}
