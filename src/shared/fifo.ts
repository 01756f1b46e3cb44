/** Taken items that are kept in front before they are cut off: below it a cut costs more than the memory. */
const SLACK = 1024

/** First in, first out, in constant time: an array's own `shift` moves everything behind it. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The oldest item, which stays; undefined when there is none. */
  peek(): T | undefined {
    return this.#items[this.#head]
  }

  /** The oldest item, or undefined when there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head++
    if (this.#head >= SLACK && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
