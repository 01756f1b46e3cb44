/**
 * What forgers know who watch an honest node: its newest block as soon as it has it, who proposes next, and the time.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type fulu, ssz } from '@lodestar/types'
import { fromHex } from '../../src/shared/hex.ts'
import { currentSlot, type NodePair, slotStartMs } from './node-pair.ts'

const POLL_MS = 50

export interface TrueBlock {
  readonly slot: number
  readonly root: Uint8Array
  readonly block: fulu.SignedBeaconBlock
}

export class ForgersView {
  readonly pair: NodePair
  readonly #proposers = new Map<number, number>()
  readonly #ended = new AbortController()
  #latest: TrueBlock | undefined
  #watching: Promise<void> = Promise.resolve()

  private constructor(pair: NodePair) {
    this.pair = pair
  }

  /** Begins to watch the node that proposes. */
  static open(pair: NodePair): ForgersView {
    const view = new ForgersView(pair)
    view.#watching = view.#watch()
    return view
  }

  /** The newest true block; undefined before the first. */
  get latest(): TrueBlock | undefined {
    return this.#latest
  }

  get slot(): number {
    return currentSlot(this.pair)
  }

  /** Until the next slot starts. */
  get msToNextSlot(): number {
    return slotStartMs(this.pair, this.slot + 1) - Date.now()
  }

  /** That of a block's execution payload. */
  timestampOf(slot: number): number {
    return slotStartMs(this.pair, slot) / 1000
  }

  /** Of this slot and the next; undefined until it has been asked. */
  proposerOf(slot: number): number | undefined {
    return this.#proposers.get(slot)
  }

  async close(): Promise<void> {
    this.#ended.abort()
    await this.#watching
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      // A node under load may miss a request; the next one is soon.
      await this.#look().catch(() => undefined)
      await delay(POLL_MS)
    }
  }

  async #look(): Promise<void> {
    const { slot } = this
    for (const near of [slot, slot + 1]) {
      if (!this.#proposers.has(near)) this.#proposers.set(near, await this.pair.proposerOf(near))
    }
    const [node] = this.pair.nodes
    const head = await node.head()
    if (head === undefined || head.slot === 0 || head.slot === this.#latest?.slot) return
    const bytes = await node.block(head.slot)
    if (bytes === undefined) return
    const block = ssz.fulu.SignedBeaconBlock.deserialize(bytes)
    this.#latest = { slot: head.slot, root: fromHex(head.rootHex, 32), block }
  }
}
