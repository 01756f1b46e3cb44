/**
 * Bytes and messages by kind of topic. In: an index into the table of kinds, resolved by whoever knows the topic. Out:
 * rows for the metrics. It runs on every message: one addition to a number in an array for each figure.
 */
import { GOSSIP_KINDS, type GossipKind } from '../../consensus/topic-table.ts'
import type { KindTraffic } from '../../rpc/metrics-view.ts'

/** An index into `GOSSIP_KINDS`, or `UNKNOWN_KIND`. */
export type KindIndex = number

/** Topics we are not in: nothing tells their kind for free, and hardly any message is on one. */
export const UNKNOWN_KIND: KindIndex = GOSSIP_KINDS.length
const ROWS = GOSSIP_KINDS.length + 1

const INDICES: ReadonlyMap<string, KindIndex> = new Map(GOSSIP_KINDS.map((kind, index) => [kind, index]))

export function kindIndex(kind: GossipKind): KindIndex {
  return INDICES.get(kind) ?? UNKNOWN_KIND
}

export class TrafficByKind {
  /** Doubles: bytes pass 2³² within minutes, and 2⁵³ never. */
  readonly #receivedMessages = new Float64Array(ROWS)
  readonly #receivedBytes = new Float64Array(ROWS)
  readonly #duplicateMessages = new Float64Array(ROWS)
  readonly #forwardedMessages = new Float64Array(ROWS)
  readonly #forwardedBytes = new Float64Array(ROWS)

  received(kind: KindIndex, sizeBytes: number): void {
    add(this.#receivedMessages, kind, 1)
    add(this.#receivedBytes, kind, sizeBytes)
  }

  /** A message received that had come before. */
  duplicate(kind: KindIndex): void {
    add(this.#duplicateMessages, kind, 1)
  }

  forwarded(kind: KindIndex, copies: number, sizeBytes: number): void {
    add(this.#forwardedMessages, kind, copies)
    add(this.#forwardedBytes, kind, copies * sizeBytes)
  }

  /** A row for each kind of the table, then `unknown`. */
  rows(): readonly KindTraffic[] {
    return [...GOSSIP_KINDS, 'unknown'].map((kind, index) => ({
      kind,
      receivedMessages: this.#receivedMessages[index] ?? 0,
      receivedBytes: this.#receivedBytes[index] ?? 0,
      duplicateMessages: this.#duplicateMessages[index] ?? 0,
      forwardedMessages: this.#forwardedMessages[index] ?? 0,
      forwardedBytes: this.#forwardedBytes[index] ?? 0,
    }))
  }
}

function add(row: Float64Array, kind: KindIndex, amount: number): void {
  row[kind] = (row[kind] ?? 0) + amount
}
