/**
 * Who brought each recent message and what became of it, for the scores: in place of upstream's own book, which keeps a
 * set, a record and a place in a queue for each message, and with them most of the relay's memory at a few thousand
 * messages a second. Method and field names are those that upstream's score reads and writes.
 */
import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

/** How long a record is kept: upstream's TimeCacheDuration, far beyond the window in which copies count. */
const KEPT_MS = 120_000
/**
 * Records at most: 120 s of all topics of mainnet, some 3,000 a second (reference/p2p.md A6), doubled. Beyond it the
 * oldest go first; a copy of such a message then counts as if it had never come.
 */
export const MAX_DELIVERY_RECORDS = 720_000
/** Share of all records, as a divisor, that goes when they are too many. */
const DROPPED_AT_ONCE = 16

/** Upstream's DeliveryRecordStatus. */
const UNKNOWN = 0
const IGNORED = 3

/** One message. It is the list of those who sent a copy itself, so that a message costs one object. */
export class DeliveryRecord {
  status = UNKNOWN
  /** Monotonic ms: upstream only logs it. */
  readonly firstSeenTsMs: number
  /** Unix ms of the verdict, 0 before it. */
  validated = 0
  /** A few: copies come from the peers of one mesh, and from others now and then; bounded by the peers we have. */
  #senders: PeerIdStr[] | undefined

  constructor(nowMs: number) {
    this.firstSeenTsMs = nowMs
  }

  get peers(): DeliveryRecord {
    return this
  }

  has(peerId: PeerIdStr): boolean {
    return this.#senders?.includes(peerId) === true
  }

  add(peerId: PeerIdStr): void {
    if (this.#senders === undefined) this.#senders = [peerId]
    else if (!this.#senders.includes(peerId)) this.#senders.push(peerId)
  }

  clear(): void {
    this.#senders = undefined
  }

  forEach(visit: (peerId: PeerIdStr) => void): void {
    this.#senders?.forEach(visit)
  }
}

export class DeliveryRecords {
  /** In the order in which they came, thus of their age. */
  readonly records = new Map<MsgIdStr, DeliveryRecord>()
  readonly #maxRecords: number
  readonly #clock: Pick<Clock, 'monotonicMs'>
  /** Records given up before their time, since start. */
  dropped = 0

  constructor(clock: Pick<Clock, 'monotonicMs'>, maxRecords = MAX_DELIVERY_RECORDS) {
    this.#clock = clock
    this.#maxRecords = maxRecords
  }

  getRecord(msgId: MsgIdStr): DeliveryRecord | undefined {
    return this.records.get(msgId)
  }

  /** The record of a message, a new one when there is none. */
  ensureRecord(msgId: MsgIdStr): DeliveryRecord {
    const known = this.records.get(msgId)
    if (known !== undefined) return known
    const record = new DeliveryRecord(this.#clock.monotonicMs())
    this.records.set(msgId, record)
    if (this.records.size > this.#maxRecords) this.#dropOldest()
    return record
  }

  /**
   * A message that was passed on is none after all: copies of it count for nobody any more.
   * @returns who sent copies of it so far, and have been credited with them
   */
  disown(msgId: MsgIdStr): readonly PeerIdStr[] {
    const record = this.records.get(msgId)
    const senders: PeerIdStr[] = []
    record?.forEach((peerId) => void senders.push(peerId))
    record?.clear()
    if (record !== undefined) record.status = IGNORED
    return senders
  }

  /** Forgets a message, so that whoever brings it next is its first. */
  forget(msgId: MsgIdStr): void {
    this.records.delete(msgId)
  }

  /** Forgets what is too old. Called by upstream once a decay interval. */
  gc(): void {
    const oldestMs = this.#clock.monotonicMs() - KEPT_MS
    for (const [msgId, { firstSeenTsMs }] of this.records) {
      if (firstSeenTsMs >= oldestMs) return
      this.records.delete(msgId)
    }
  }

  clear(): void {
    this.records.clear()
  }

  /** Many at once: to find the first entry of a map that lost its first ones takes as long as those were many. */
  #dropOldest(): void {
    let left = Math.ceil(this.#maxRecords / DROPPED_AT_ONCE)
    for (const msgId of this.records.keys()) {
      if (left-- === 0) return
      this.records.delete(msgId)
      this.dropped++
    }
  }
}
