import { Fifo } from '../../../shared/fifo.ts'
import { MESSAGE_CLASSES, type MessageClass } from '../message-class.ts'

/** Where a waiting thing belongs, and what it weighs. */
export interface Waiting {
  readonly class: MessageClass
  readonly frame: Uint8Array
}

/** What waits, a queue for each class, and how many bytes it is in all. */
export class ClassQueues<T> {
  readonly #messageOf: (item: T) => Waiting
  readonly #queues: Readonly<Record<MessageClass, Fifo<T>>> = {
    block: new Fifo(),
    sidecar: new Fifo(),
    other: new Fifo(),
    attestation: new Fifo(),
  }
  #bytes = 0

  constructor(messageOf: (item: T) => Waiting) {
    this.#messageOf = messageOf
  }

  /** Of all that waits. */
  get bytes(): number {
    return this.#bytes
  }

  /** How many of that class wait. */
  count(name: MessageClass): number {
    return this.#queues[name].length
  }

  push(item: T): void {
    const { class: name, frame } = this.#messageOf(item)
    this.#queues[name].push(item)
    this.#bytes += frame.length
  }

  /** The oldest of that class. */
  take(name: MessageClass): T | undefined {
    const item = this.#queues[name].shift()
    if (item !== undefined) this.#bytes -= this.#messageOf(item).frame.length
    return item
  }

  /** The oldest of the cheapest class of which any waits. */
  takeCheapest(): T | undefined {
    const name = MESSAGE_CLASSES.findLast((candidate) => this.count(candidate) > 0)
    return name === undefined ? undefined : this.take(name)
  }
}
