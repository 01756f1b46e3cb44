/**
 * How many of those who vote are in the list of validators. In: of some votes of each peer, whether it has their signer. Out:
 * what a signer that it has not says. A list that is still being read, or that of a genesis long past, lacks most of them,
 * and then the votes of honest peers are such; in one that is complete hardly any signer is missing who exists.
 */

/** Votes that must have come of signers who are not in it before it is held to lack them. */
const MIN_STRANGERS = 4
/** Votes that must have come of signers who are in it before it is held to lack nobody. */
const MIN_KNOWN = 64
/** For each signer that is missing so many must be there, in a list that lacks hardly any. */
const KNOWN_TO_STRANGERS = 32
/** Both counts are halved when they reach this together: a list grows, and then other numbers hold. */
const WINDOW = 256

export class KeyCoverage {
  #known = 0
  #strangers = 0

  note(isKnown: boolean): void {
    if (isKnown) this.#known++
    else this.#strangers++
    if (this.#known + this.#strangers < WINDOW) return
    this.#known /= 2
    this.#strangers /= 2
  }

  /** It lacks as many as it has, or more: a signer who is missing is one of many. */
  get isThin(): boolean {
    return this.#strangers >= MIN_STRANGERS && this.#strangers >= this.#known
  }

  /** It has all but a few: whoever sends many votes of signers who are missing makes them up. */
  get isFull(): boolean {
    return this.#known >= MIN_KNOWN && this.#strangers * KNOWN_TO_STRANGERS <= this.#known
  }
}
