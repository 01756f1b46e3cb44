/**
 * Messages that wait until independent peers have sent them too. A message is known by its id here, and its bytes stay
 * with the way in; what is kept is who sent it, and until when it may wait.
 */
import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import { ACCEPT, type Verdict } from '../verdict.ts'
import { independentSources, type Source } from './distinct-sources.ts'

/** Half of what the way in keeps for promised verdicts (MAX_PENDING_VERDICTS), so that verification has room beside. */
const MAX_MESSAGES = 8192
/** Of compressed bytes: some 250 blocks of 120 kB, or all columns of a slot four times over. */
const MAX_BYTES = 32 * 1024 * 1024
/** Senders of a message who are remembered: more than a mesh has at the usual load. */
const MAX_SENDERS = 32

/** What is known of peers. Asked for each message that waits and each copy of one. */
export interface PeerSources {
  /** True for peers of the operator's choice: their word alone is enough. */
  bypasses(peerId: PeerIdStr): boolean
  sourceOf(peerId: PeerIdStr): Source
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
  readonly sizeBytes: number
  /** Independent peers that must have sent it. */
  readonly sources: number
  readonly timeMs: number
  /** Who brought it first, and who has sent it since. */
  readonly from: PeerIdStr
  readonly copies?: Iterable<PeerIdStr> | undefined
}

interface Held {
  readonly msgId: MsgIdStr
  readonly sizeBytes: number
  readonly sources: number
  readonly from: PeerIdStr
  readonly senders: Map<PeerIdStr, Source>
  readonly settle: (verdict: Verdict) => void
  readonly timer: Disposable
}

const UNCORROBORATED: Verdict = { action: 'ignore', reason: 'uncorroborated' }
const NO_ROOM: Verdict = { action: 'ignore', reason: 'corroboration_full' }

export class CorroborationBook {
  readonly #clock: Clock
  readonly #peers: PeerSources
  readonly #maxMessages: number
  readonly #maxBytes: number
  /** In the order in which they came. */
  readonly #held = new Map<MsgIdStr, Held>()
  /** What waits of those who brought it first. */
  readonly #bytesOf = new Map<PeerIdStr, number>()
  #bytes = 0

  constructor({ clock, peers, maxMessages = MAX_MESSAGES, maxBytes = MAX_BYTES }: CorroborationBookDeps) {
    this.#clock = clock
    this.#peers = peers
    this.#maxMessages = maxMessages
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#held.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `accept` when enough have sent it already, else a promise that is kept within `timeMs`. Nothing rejects. */
  hold(message: Uncorroborated): Verdict | Promise<Verdict> {
    const { msgId, sizeBytes, sources, from, copies = [], timeMs } = message
    const senders = new Map<PeerIdStr, Source>()
    for (const sender of [from, ...copies]) if (this.#isEnough(senders, sender, sources)) return ACCEPT
    // No id comes twice within seen_ttl; were it to, both would be settled by what becomes of the first.
    if (this.#held.has(msgId) || sizeBytes > this.#maxBytes) return NO_ROOM
    const { promise, resolve } = Promise.withResolvers<Verdict>()
    const timer = this.#clock.after(timeMs, () => this.#end(msgId, UNCORROBORATED))
    this.#held.set(msgId, { msgId, sizeBytes, sources, from, senders, settle: resolve, timer })
    this.#count(from, sizeBytes)
    while (this.#held.size > this.#maxMessages || this.#bytes > this.#maxBytes) this.#makeRoom()
    return promise
  }

  /** A copy of any message came: it need not be one that waits. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void {
    if (this.#held.size === 0) return
    const held = this.#held.get(msgId)
    if (held !== undefined && this.#isEnough(held.senders, from, held.sources)) this.#end(msgId, ACCEPT)
  }

  /** Ends the waiting of all: they are ignored. */
  stop(): void {
    for (const msgId of [...this.#held.keys()]) this.#end(msgId, UNCORROBORATED)
  }

  #isEnough(senders: Map<PeerIdStr, Source>, from: PeerIdStr, sources: number): boolean {
    if (this.#peers.bypasses(from)) return true
    if (senders.has(from) || senders.size >= MAX_SENDERS) return false
    senders.set(from, this.#peers.sourceOf(from))
    return senders.size >= sources && independentSources(senders.values()) >= sources
  }

  /** The oldest of whoever fills the book goes, so that nobody who sends much pushes out what others sent. */
  #makeRoom(): void {
    let greediest: PeerIdStr | undefined
    let most = -1
    for (const [peerId, bytes] of this.#bytesOf) {
      if (bytes <= most) continue
      greediest = peerId
      most = bytes
    }
    for (const { msgId, from } of this.#held.values()) {
      if (from !== greediest) continue
      this.#end(msgId, NO_ROOM)
      return
    }
    throw new Error('bytes are counted of a message that is not held')
  }

  #end(msgId: MsgIdStr, verdict: Verdict): void {
    const held = this.#held.get(msgId)
    if (held === undefined) return
    held.timer[Symbol.dispose]()
    this.#held.delete(msgId)
    this.#count(held.from, -held.sizeBytes)
    held.settle(verdict)
  }

  #count(from: PeerIdStr, bytes: number): void {
    this.#bytes += bytes
    const left = (this.#bytesOf.get(from) ?? 0) + bytes
    // Empty messages do not wait: no type is that short.
    if (left > 0) this.#bytesOf.set(from, left)
    else this.#bytesOf.delete(from)
  }
}
