/**
 * What waits to become events, bounded: objects as they travelled, which are decoded a few at a time, and events that are
 * ready. Votes come by the thousand and everything else does not, so each has a line of its own and votes come last.
 */
import type { EventTopic, StreamBatch, StreamEvent } from '../../rpc/gossip-events.ts'
import { Fifo } from '../../shared/fifo.ts'

/** Of each line: half a second of columns on every subnet, or of votes at the rate at which they are told. */
const MAX_QUEUED = 512
/** Compressed objects of both lines together: 256 columns of 32 kB. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024
/** Decoded a slice: at 5 µs a vote and below 20 µs each of the others half a ms, 20 times a second. */
const VOTES_A_SLICE = 32
const OTHERS_A_SLICE = 16
/** JSON a slice; past it the rest waits for the next. */
const MAX_SLICE_CHARS = 256 * 1024

export interface Waiting {
  readonly topic: EventTopic
  /** A copy of its own. */
  readonly data: Uint8Array
  /** Undefined when it cannot be told. */
  readonly toJson: (data: Uint8Array) => string | undefined
}

const VOTES: ReadonlySet<EventTopic> = new Set(['attestation', 'single_attestation', 'payload_attestation_message'])

export class EventQueue {
  readonly #votes = new Fifo<Waiting>()
  readonly #others = new Fifo<Waiting>()
  #ready: StreamEvent[] = []
  #dropped: Partial<Record<EventTopic, number>> = {}
  #queuedBytes = 0
  /** Objects decoded since the start: nothing is while nobody subscribes. */
  decoded = 0

  /** False, and counted, when there is no room: the bytes need not be copied then. */
  hasRoom(topic: EventTopic, bytes: number): boolean {
    const { length } = VOTES.has(topic) ? this.#votes : this.#others
    if (length < MAX_QUEUED && this.#queuedBytes + bytes <= MAX_QUEUED_BYTES) return true
    this.#drop(topic)
    return false
  }

  push(waiting: Waiting): void {
    this.#queuedBytes += waiting.data.length
    if (VOTES.has(waiting.topic)) this.#votes.push(waiting)
    else this.#others.push(waiting)
  }

  /** An event that needs no decoding. */
  pushReady(event: StreamEvent): void {
    if (this.#ready.length < MAX_QUEUED) this.#ready.push(event)
    else this.#drop(event.topic)
  }

  /** Decodes the next slice; undefined when there is nothing to tell. */
  take(withDropped: boolean): StreamBatch | undefined {
    const events = this.#ready
    this.#ready = []
    const chars = this.#decode(this.#others, OTHERS_A_SLICE, MAX_SLICE_CHARS, events)
    this.#decode(this.#votes, VOTES_A_SLICE, MAX_SLICE_CHARS - chars, events)
    const dropped = withDropped ? this.#dropped : {}
    if (withDropped) this.#dropped = {}
    return events.length === 0 && Object.keys(dropped).length === 0 ? undefined : { events, dropped }
  }

  /** Forgets what waits. */
  clear(): void {
    while (this.#votes.shift() !== undefined);
    while (this.#others.shift() !== undefined);
    this.#ready = []
    this.#dropped = {}
    this.#queuedBytes = 0
  }

  /** The characters made. */
  #decode(line: Fifo<Waiting>, count: number, maxChars: number, events: StreamEvent[]): number {
    let chars = 0
    for (let i = 0; i < count && chars < maxChars; i++) {
      const waiting = line.shift()
      if (waiting === undefined) break
      this.#queuedBytes -= waiting.data.length
      this.decoded++
      const data = attempt(waiting)
      if (data === undefined) {
        this.#drop(waiting.topic)
        continue
      }
      events.push({ topic: waiting.topic, data })
      chars += data.length
    }
    return chars
  }

  #drop(topic: EventTopic): void {
    this.#dropped[topic] = (this.#dropped[topic] ?? 0) + 1
  }
}

/** A fault of ours costs one event. */
function attempt({ data, toJson }: Waiting): string | undefined {
  try {
    return toJson(data)
  } catch {
    return undefined
  }
}
