import type { ArrivalView, FirstBlockSenderView } from '../../rpc/block-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import type { AcceptedBlock, BlockObserver } from '../gossip/block-observer.ts'
import { Arrivals, type ArrivalsDeps, type HiddenReason } from './arrivals.ts'
import { FirstBlockSenders } from './first-block-senders.ts'

/**
 * First senders are told so long after the first of them. They are written down, for which nobody waits, by a thread that
 * sleeps unless it is told something.
 */
export const TOLD_AFTER_MS = 1_000
/** Sooner when so many wait: as many as go to another thread at once. */
const MAX_UNTOLD = 256

export interface BlockStatsDeps extends ArrivalsDeps {
  /** Of earlier runs, the longest unused first. */
  readonly restored: readonly FirstBlockSenderView[]
  /** Called with each accepted block's first sender, a second later, those of several blocks one after the other. */
  readonly onFirstBlock: (peerId: PeerIdStr) => void
}

/** The way of blocks to us: who sends them first, and when each came. */
export class BlockStats implements BlockObserver {
  readonly #senders: FirstBlockSenders
  readonly #arrivals: Arrivals
  readonly #clock: Clock
  readonly #onFirstBlock: (peerId: PeerIdStr) => void
  #untold: PeerIdStr[] = []
  #timer: Disposable | undefined

  constructor({ restored, onFirstBlock, ...arrivals }: BlockStatsDeps) {
    this.#senders = new FirstBlockSenders({ restored, onCredit: (peerId) => this.#tellLater(peerId) })
    this.#arrivals = new Arrivals(arrivals)
    this.#clock = arrivals.clock
    this.#onFirstBlock = onFirstBlock
  }

  /** Accepted blocks that `arrivals` does not show, by reason. */
  get hidden(): Readonly<Record<HiddenReason, number>> {
    return this.#arrivals.hidden
  }

  onBlock(block: AcceptedBlock): void {
    this.#senders.credit(block.from)
    this.#arrivals.onBlock(block)
  }

  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    this.#arrivals.onCopy(msgId, from)
  }

  /** The most blocks first. */
  senders(): readonly FirstBlockSenderView[] {
    return this.#senders.senders()
  }

  /** By slot. */
  arrivals(): readonly ArrivalView[] {
    return this.#arrivals.arrivals()
  }

  /** Tells what was not told yet. Idempotent. */
  stop(): void {
    this.#arrivals.stop()
    this.#tell()
  }

  #tellLater(peerId: PeerIdStr): void {
    this.#untold.push(peerId)
    if (this.#untold.length >= MAX_UNTOLD) this.#tell()
    else this.#timer ??= this.#clock.after(TOLD_AFTER_MS, () => this.#tell())
  }

  #tell(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const untold = this.#untold
    this.#untold = []
    for (const peerId of untold) this.#onFirstBlock(peerId)
  }
}
