/**
 * Events of the network for whoever subscribes to the API's stream. In: what passed, told in the turn in which it did,
 * after its receivers have it. Out: batches of JSON, twenty a second at most, which nobody waits for. While nobody
 * subscribes to a topic its objects are neither copied nor decoded.
 */
import type { PresetName } from '../../consensus/network-config.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { ArrivalView } from '../../rpc/block-views.ts'
import { EVENT_LEASE_MS, type EventTopic, type StreamBatch } from '../../rpc/gossip-events.ts'
import type { Clock } from '../../shared/clock.ts'
import { openPayload } from '../gossip/arrival/open-payload.ts'
import type { TopicContext } from '../gossip/topics/topic-directory.ts'
import { EventQueue } from './event-queue.ts'
import { ObjectEvents } from './object-events.ts'
import { WallAnchor } from './wall-anchor.ts'

const SLICE_MS = 50
/** Of slices, how many to one that tells what was left out. */
const SLICES_A_NOTICE = 20
const NS_PER_MS = 1_000_000n
const NS_PER_US = 1_000n
const US_PER_MS = 1_000

export interface EventsRoomDeps {
  readonly preset: PresetName
  readonly clock: Clock
  readonly slotClock: Pick<SlotClock, 'slotStartMs'>
  /** Fire and forget. */
  readonly emit: (batch: StreamBatch) => void
}

export class EventsRoom {
  readonly #deps: EventsRoomDeps
  readonly #objects: ObjectEvents
  readonly #queue = new EventQueue()
  readonly #anchor: WallAnchor
  #wanted: ReadonlySet<EventTopic> = new Set()
  #wantedUntilMs = Number.NEGATIVE_INFINITY
  #timer: Disposable | undefined
  #slices = 0

  constructor(deps: EventsRoomDeps) {
    this.#deps = deps
    this.#objects = new ObjectEvents(deps.preset)
    this.#anchor = new WallAnchor(deps.clock)
  }

  /** Objects decoded since the start. */
  get decoded(): number {
    return this.#queue.decoded
  }

  /** These topics from now on, for `EVENT_LEASE_MS`; none ends it at once. */
  subscribe(topics: readonly EventTopic[]): void {
    this.#wanted = new Set(topics)
    this.#wantedUntilMs = this.#deps.clock.monotonicMs() + EVENT_LEASE_MS
    if (this.#wanted.size === 0) {
      this.stop()
      return
    }
    if (this.#timer !== undefined) return
    this.#anchor.restart()
    this.#timer = this.#deps.clock.every(SLICE_MS, () => this.#slice())
  }

  isWanted(topic: EventTopic): boolean {
    return this.#wanted.has(topic)
  }

  /** An object that was accepted; `data` is compressed, and lent for the call. Called on the hot path. */
  onPassed({ parsed, entry, minSszBytes, maxSszBytes }: TopicContext, data: Uint8Array): void {
    if (this.#wanted.size === 0) return
    const event = this.#objects.of(parsed.spec.kind, entry.fork)
    if (event === undefined || !this.#wanted.has(event.topic)) return
    const { topic, toJson } = event
    if (!this.#queue.hasRoom(topic, data.length)) return
    this.#queue.push({
      topic,
      data: new Uint8Array(data), // a copy
      toJson: (copy) => {
        const opened = openPayload({ minSszBytes, maxSszBytes }, copy)
        return opened.ok ? toJson(opened.bytes) : undefined
      },
    })
  }

  /** A block that was accepted, once its root is known. `atMs`: monotonic, of its coming. */
  onBlock({ slot, block_root, first_peer_id, client, rtt_ms }: ArrivalView, atMs: number): void {
    if (this.#wanted.size === 0) return
    const standard = { slot: String(slot), block: block_root }
    this.tell('block_gossip', () => standard)
    // Nobody here has executed it, nor could: to whoever reads it, it is a block that is taken on trust so far.
    this.tell('block', () => ({ ...standard, execution_optimistic: true }))
    this.tell('block_arrival', () => {
      const arrivedNs = this.#anchor.unixNs(atMs)
      const intoSlotNs = arrivedNs - BigInt(this.#deps.slotClock.slotStartMs(slot)) * NS_PER_MS
      return {
        slot: String(slot),
        block_root,
        ...{ first_peer_id, client, rtt_ms },
        arrived_unix_ns: arrivedNs.toString(),
        ms_into_slot: Number(intoSlotNs / NS_PER_US) / US_PER_MS,
      }
    })
  }

  /** An event of our own making, made only when it is wanted. */
  tell(topic: EventTopic, make: () => object): void {
    if (this.#wanted.has(topic)) this.#queue.pushReady({ topic, data: JSON.stringify(make()) })
  }

  /** Ends every subscription. Idempotent. */
  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#wanted = new Set()
    this.#queue.clear()
  }

  #slice(): void {
    if (this.#deps.clock.monotonicMs() > this.#wantedUntilMs) {
      this.stop()
      return
    }
    this.#anchor.sample()
    this.#slices++
    const batch = this.#queue.take(this.#slices % SLICES_A_NOTICE === 0)
    if (batch !== undefined) this.#deps.emit(batch)
  }
}
