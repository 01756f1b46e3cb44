export interface DeliveryTotals {
  readonly publishedMessages: number
  /** Receipts that follow when the relay forwards all of them to all others. */
  readonly expectedDeliveries: number
  readonly deliveredMessages: number
}

/** Counts what the swarm published and what came back to it by the relay. */
export class DeliveryTally {
  #published = 0
  #expected = 0
  #delivered = 0

  /** @param receivers peers that should receive the message: those that did not publish it */
  published(receivers: number): void {
    this.#published++
    this.#expected += receivers
  }

  delivered(): void {
    this.#delivered++
  }

  totals(): DeliveryTotals {
    return {
      publishedMessages: this.#published,
      expectedDeliveries: this.#expected,
      deliveredMessages: this.#delivered,
    }
  }
}
