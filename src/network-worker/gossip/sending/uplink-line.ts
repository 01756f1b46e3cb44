import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { MESSAGE_CLASSES, type MessageClass } from '../message-class.ts'
import { ClassQueues } from './class-queues.ts'
import type { DropReason, OutboxMessage } from './peer-outbox.ts'

/** What may be under way to the uplink: it is not to fall idle while a timer is late, and little comes before a block. */
export const AHEAD_MS = 4
/**
 * Copies that wait share their bytes, so that they are many times what is kept: with eight receivers 32 MiB. What waits so
 * is two seconds of a line of 1 Gbit: half of the time until votes on a block are due.
 */
export const WAITING_BYTES = 256 * 1024 * 1024
/** Short messages wait no longer for the long ones of others: they are few bytes, and late votes are worth nothing. */
export const SHORT_WAIT_MS = 200
/** Until the line is looked at again, however much it has to do: short messages are not to wait for one long copy. */
const LOOK_MS = 50
/** At a time, before others have their turn. */
const TURN_MS = 2

/** A copy that waits for the uplink, and what is to be told once it left. */
export interface WaitingCopy<Told> {
  readonly peerId: PeerIdStr
  readonly message: OutboxMessage
  readonly told: Told
}

export interface UplinkLineDeps<Told> {
  readonly clock: Clock
  /** How long until the uplink has sent what it was given. */
  readonly backlogMs: () => number
  /** Copies older than this are dropped instead of sent. */
  readonly maxAgeMs: number
  /** Sends a copy, unless the peer has the message by now. */
  readonly send: (copy: WaitingCopy<Told>) => void
  /** Sends the short messages that wait for the peer. */
  readonly flush: (peerId: PeerIdStr) => void
  readonly onDropped: (message: OutboxMessage, reason: Extract<DropReason, 'uplink_full' | 'stale'>) => void
}

/**
 * Who waits for an uplink that has enough to do. Once the system has a copy, it can neither be taken back nor overtaken, and all
 * connections share the line: a block would come behind the columns of others, and its copies all at the end. In: copies
 * for which there is no room. Out: blocks first, then sidecars, each copy whole before the next, as the uplink gets to them.
 */
export class UplinkLine<Told> {
  readonly #deps: UplinkLineDeps<Told>
  readonly #waiting = new ClassQueues<WaitingCopy<Told>>(({ message }) => message)
  /** Peers for whom short messages wait, the first the longest, since when; at most those we are connected to. */
  readonly #joining = new Map<PeerIdStr, number>()
  #isTimed = false

  constructor(deps: UplinkLineDeps<Told>) {
    this.#deps = deps
  }

  /** True while what is sent would only wait elsewhere, or would overtake what is as dear and waits here. */
  mustWait(messageClass: MessageClass): boolean {
    return this.#isFull() || (this.bytes > 0 && this.#isBehind(messageClass))
  }

  /** Bytes of copies that wait. */
  get bytes(): number {
    return this.#waiting.bytes
  }

  /** A copy is to wait. The oldest of the cheapest class goes where there are too many. */
  wait(copy: WaitingCopy<Told>): void {
    this.#waiting.push(copy)
    while (this.bytes > WAITING_BYTES) this.#dropCheapest()
    this.#time()
  }

  /** Short messages wait for this peer, to be flushed. */
  waitJoined(peerId: PeerIdStr): void {
    if (!this.#joining.has(peerId)) this.#joining.set(peerId, this.#deps.clock.monotonicMs())
    this.#time()
  }

  #isFull(): boolean {
    return this.#deps.backlogMs() > AHEAD_MS
  }

  #isBehind(messageClass: MessageClass): boolean {
    for (const name of MESSAGE_CLASSES) {
      if (this.#waiting.count(name) > 0) return true
      if (name === messageClass) return false
    }
    return false
  }

  #time(): void {
    if (this.#isTimed || (this.bytes === 0 && this.#joining.size === 0)) return
    this.#isTimed = true
    const { clock, backlogMs } = this.#deps
    // Whole ms, as timers have them: one that is early would find the line as full as it was.
    clock.after(Math.min(LOOK_MS, Math.max(0, Math.ceil(backlogMs() - AHEAD_MS))), () => {
      this.#isTimed = false
      this.#sendNext(clock.monotonicMs() + TURN_MS)
      this.#time()
    })
  }

  #sendNext(untilMs: number): void {
    const { clock, send, maxAgeMs, onDropped } = this.#deps
    this.#flushJoined(({ sinceMs }) => clock.monotonicMs() - sinceMs >= SHORT_WAIT_MS)
    const hasRoom = (): boolean => !this.#isFull() && clock.monotonicMs() < untilMs
    for (const name of MESSAGE_CLASSES) {
      while (this.#waiting.count(name) > 0) {
        if (!hasRoom()) return
        const copy = this.#waiting.take(name)
        if (copy === undefined) break
        if (clock.monotonicMs() - copy.message.queuedAtMs > maxAgeMs) onDropped(copy.message, 'stale')
        else send(copy)
      }
    }
    this.#flushJoined(hasRoom)
  }

  /** Flushes those who wait for the longest first, as long as that may go on. */
  #flushJoined(mayGoOn: (next: { readonly sinceMs: number }) => boolean): void {
    for (const [peerId, sinceMs] of this.#joining) {
      if (!mayGoOn({ sinceMs })) return
      this.#joining.delete(peerId)
      this.#deps.flush(peerId)
    }
  }

  #dropCheapest(): void {
    const copy = this.#waiting.takeCheapest()
    if (copy !== undefined) this.#deps.onDropped(copy.message, 'uplink_full')
  }
}
