/** Messages remembered for their time of publication: some ten slots of traffic; later receipts have no latency. */
const MAX_REMEMBERED = 1024
/** Latencies kept of one slot; with more, the first ones stand for all. */
const MAX_LATENCIES = 4096

export interface DeliveryTotals {
  readonly publishedMessages: number
  readonly expectedDeliveries: number
  readonly deliveredMessages: number
}

/** Counts what the swarm published and what came back to it through the relay. Times are monotonic ms. */
export class DeliveryTally {
  #published = 0
  #expected = 0
  #delivered = 0
  readonly #publishedAtMs = new Map<string, number>()
  #latenciesMs: number[] = []

  /** @param expectedDeliveries peers that should receive the message and did not publish it */
  published(messageId: string, atMs: number, expectedDeliveries: number): void {
    this.#published++
    this.#expected += expectedDeliveries
    this.#publishedAtMs.set(messageId, atMs)
    if (this.#publishedAtMs.size > MAX_REMEMBERED) {
      const [oldest] = this.#publishedAtMs.keys()
      if (oldest !== undefined) this.#publishedAtMs.delete(oldest)
    }
  }

  delivered(messageId: string, atMs: number): void {
    this.#delivered++
    const sinceMs = this.#publishedAtMs.get(messageId)
    if (sinceMs !== undefined && this.#latenciesMs.length < MAX_LATENCIES) this.#latenciesMs.push(atMs - sinceMs)
  }

  totals(): DeliveryTotals {
    return {
      publishedMessages: this.#published,
      expectedDeliveries: this.#expected,
      deliveredMessages: this.#delivered,
    }
  }

  /** The 99th percentile of latencies since the last call, 0 without any; then starts anew. */
  takeP99Ms(): number {
    const sorted = this.#latenciesMs.sort((a, b) => a - b)
    this.#latenciesMs = []
    return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0
  }
}
