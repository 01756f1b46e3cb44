/**
 * Finalized checkpoints as the node tells them, and the one before the newest, which is what peers may be told: it is
 * behind every honest peer's own (reference/p2p.md A4.3).
 */
import type { BeaconApi } from './beacon-api.ts'
import type { Checkpoint } from './node-facts.ts'

const ZERO_ROOT_HEX = '0'.repeat(64)

export class FinalityTrail {
  readonly #api: Pick<BeaconApi, 'blockRoot'>
  readonly #slotsPerEpoch: number
  #newest: Checkpoint | undefined
  #before: Checkpoint | undefined

  constructor(api: Pick<BeaconApi, 'blockRoot'>, slotsPerEpoch: number) {
    this.#api = api
    this.#slotsPerEpoch = slotsPerEpoch
  }

  /** Forgets what was told before: who answers next may follow another chain. */
  clear(): void {
    this.#newest = undefined
    this.#before = undefined
  }

  /**
   * Takes the newest checkpoint and answers the one before it: at first the start of the epoch before, which is
   * finalized with it; later the one that was newest. An older one undoes nothing: of several nodes behind one URL one is
   * slower. Undefined where the node does not know that block.
   */
  async take(newest: Checkpoint): Promise<Checkpoint | undefined> {
    if (this.#newest === undefined) {
      // Remembered only when all was answered, so that a failure in between is made up for.
      this.#before = await this.#epochBefore(newest)
      this.#newest = newest
    } else if (newest.epoch > this.#newest.epoch) {
      this.#before = this.#newest
      this.#newest = newest
    }
    return this.#before
  }

  /** The checkpoint of an epoch is its first slot's block, or the last one before it where that slot is empty. */
  async #epochBefore({ epoch }: Checkpoint): Promise<Checkpoint | undefined> {
    if (epoch <= 1) return { epoch: 0, rootHex: ZERO_ROOT_HEX }
    const start = (epoch - 1) * this.#slotsPerEpoch
    for (let slot = start; slot > start - this.#slotsPerEpoch; slot--) {
      const rootHex = await this.#api.blockRoot(slot)
      if (rootHex !== undefined) return { epoch: epoch - 1, rootHex }
    }
    return undefined
  }
}
