/**
 * Messages that wait until independent peers have sent them too. A message is known by its id here, and its bytes stay
 * with the way in; what is kept is who sent it, and until when it may wait.
 */
import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import type { Verdict } from '../verdict.ts'
import type { Source } from './distinct-sources.ts'
import { HeldShares, type Owned } from './held-shares.ts'
import { SourceSet } from './source-set.ts'

/** Half of what the way in keeps for promised verdicts (MAX_PENDING_VERDICTS), so that verification has room beside. */
const MAX_MESSAGES = 8192
/** Of payloads, as they came and opened: some 130 blocks of 120 kB, or all columns of a slot twice over. */
const MAX_BYTES = 32 * 1024 * 1024
/** Messages that went uncorroborated whose senders are remembered, some 300 bytes each: as many as may wait. */
const MAX_PAST = 8192

/** What is known of peers. Asked for each message that waits and each copy of one. */
export interface PeerSources {
  /** True for peers of the operator's choice: their word alone is enough. */
  bypasses(peerId: PeerIdStr): boolean
  sourceOf(peerId: PeerIdStr): Source
  /** How long it has been connected; 0 when it is not. */
  ageMs(peerId: PeerIdStr): number
}

export interface CorroborationBookDeps {
  readonly clock: Clock
  readonly peers: PeerSources
  readonly maxMessages?: number
  readonly maxBytes?: number
}

/** A message that is to wait. */
export interface Uncorroborated {
  readonly msgId: MsgIdStr
  /** Of all that is kept of it while it waits. */
  readonly sizeBytes: number
  /** How many independent peers must have sent it: asked again with each copy, since others may have passed meanwhile. */
  readonly needed: () => number
  /** Whose word counts, when not everybody's does. */
  readonly counts?: ((peerId: PeerIdStr) => boolean) | undefined
  /**
   * Asked when its time is up: whether as many independent peers are enough after all, those included whose word does not
   * count. `isToldByAny`: that of one of them does.
   */
  readonly isEnoughLate?: ((independent: number, isToldByAny: boolean) => boolean) | undefined
  /**
   * Called in the turn in which enough have sent it, so that it counts for those that wait beside it. `teller`: the last of
   * them, or the first sender where nobody's word counts; `isByOwn`: his word alone was enough.
   */
  readonly admit: (isByOwn: boolean, teller: PeerIdStr) => Verdict
  readonly timeMs: number
  /** Who brought it first, and who has sent it since. */
  readonly from: PeerIdStr
  readonly copies?: Iterable<PeerIdStr> | undefined
}

/** Who has sent a message. */
interface Senders {
  readonly counted: SourceSet
  /** Those too whose word did not count when they sent it; none where everybody's does. */
  readonly all: SourceSet
  /** The last of the counted; undefined while there is none. */
  teller: PeerIdStr | undefined
}

interface Held extends Owned, Senders {
  readonly needed: Uncorroborated['needed']
  readonly counts: Uncorroborated['counts']
  readonly isEnoughLate: Uncorroborated['isEnoughLate']
  readonly admit: Uncorroborated['admit']
  readonly settle: (verdict: Verdict) => void
  readonly timer: Disposable
}

const UNCORROBORATED: Verdict = { action: 'ignore', reason: 'uncorroborated' }
const NO_ROOM: Verdict = { action: 'ignore', reason: 'corroboration_full' }

export class CorroborationBook {
  readonly #clock: Clock
  readonly #peers: PeerSources
  readonly #maxBytes: number
  /** In the order in which they came. */
  readonly #held = new Map<MsgIdStr, Held>()
  readonly #shares: HeldShares
  /**
   * Who sent what went uncorroborated: when a copy comes late, and the message is judged once more, they count. The
   * longest gone first.
   */
  readonly #past = new Map<MsgIdStr, Senders>()
  #isStopped = false

  constructor({ clock, peers, maxMessages = MAX_MESSAGES, maxBytes = MAX_BYTES }: CorroborationBookDeps) {
    this.#clock = clock
    this.#peers = peers
    this.#maxBytes = maxBytes
    this.#shares = new HeldShares({ maxMessages, maxBytes })
  }

  get size(): number {
    return this.#held.size
  }

  get bytes(): number {
    return this.#shares.bytes
  }

  /** What `admit` says when enough have sent it already, else a promise that is kept within `timeMs`. Nothing rejects. */
  hold(message: Uncorroborated): Verdict | Promise<Verdict> {
    if (this.#isStopped) return UNCORROBORATED
    const { msgId, sizeBytes, needed, counts, isEnoughLate, admit, from, copies = [], timeMs } = message
    // No id comes twice while it waits; were it to, both would be settled by what becomes of the first.
    if (this.#held.has(msgId) || sizeBytes > this.#maxBytes) return NO_ROOM
    const senders = this.#past.get(msgId) ?? { counted: new SourceSet(), all: new SourceSet(), teller: undefined }
    for (const sender of [from, ...copies]) {
      const verdict = this.#heard(sender, message, senders)
      if (verdict !== undefined) return verdict
    }
    const { promise, resolve } = Promise.withResolvers<Verdict>()
    const timer = this.#clock.after(timeMs, () => this.#onTimeUp(msgId))
    const { network } = this.#peers.sourceOf(from)
    const owned = { msgId, sizeBytes, network, peerId: from, settle: resolve, timer }
    const held = { ...owned, ...senders, needed, counts, isEnoughLate, admit }
    this.#held.set(msgId, held)
    this.#shares.add(held)
    while (this.#shares.isTooMuch) this.#makeRoom()
    return promise
  }

  /** A copy of any message came: it need not be one that waits. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    if (this.#held.size === 0) return
    const held = this.#held.get(msgId)
    const verdict = held === undefined ? undefined : this.#heard(from, held, held)
    if (verdict !== undefined) this.#end(msgId, verdict)
  }

  /** Ends the waiting of all: they are ignored, and so is what comes later, as verifications that end do. */
  stop(): void {
    this.#isStopped = true
    for (const msgId of [...this.#held.keys()]) this.#end(msgId, UNCORROBORATED)
    this.#past.clear()
  }

  /** Takes note of a sender. The verdict when those noted are enough, or its own word is. */
  #heard(
    from: PeerIdStr,
    { needed, counts, admit }: Pick<Uncorroborated, 'needed' | 'counts' | 'admit'>,
    senders: Senders,
  ): Verdict | undefined {
    if (this.#peers.bypasses(from)) return admit(true, from)
    const source = this.#peers.sourceOf(from)
    if (counts !== undefined) {
      senders.all.add(source)
      if (!counts(from)) return undefined
    }
    senders.counted.add(source)
    senders.teller = from
    return senders.counted.independent >= needed() ? admit(false, from) : undefined
  }

  #onTimeUp(msgId: MsgIdStr): void {
    const held = this.#held.get(msgId)
    if (held === undefined) return
    const isEnough = held.isEnoughLate?.(held.all.independent, held.counted.independent > 0) === true
    this.#end(msgId, isEnough ? held.admit(false, held.teller ?? held.peerId) : UNCORROBORATED)
  }

  #makeRoom(): void {
    const msgId = this.#shares.oldestOfGreediest()
    if (msgId === undefined) throw new Error('room is taken by nothing that is held')
    this.#end(msgId, NO_ROOM)
  }

  #end(msgId: MsgIdStr, verdict: Verdict): void {
    const held = this.#held.get(msgId)
    if (held === undefined) return
    held.timer[Symbol.dispose]()
    this.#held.delete(msgId)
    this.#shares.remove(held)
    this.#past.delete(msgId)
    if (verdict.action !== 'accept') this.#remember(msgId, held)
    held.settle(verdict)
  }

  #remember(msgId: MsgIdStr, { counted, all, teller }: Senders): void {
    this.#past.set(msgId, { counted, all, teller })
    const [oldest] = this.#past.keys()
    if (this.#past.size > MAX_PAST && oldest !== undefined) this.#past.delete(oldest)
  }
}
