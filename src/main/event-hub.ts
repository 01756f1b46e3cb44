/**
 * The event stream's middle: subscribers on one side, the network worker on the other. The worker is asked for the topics
 * that somebody wants and for no others; what it sends is made text once for each distinct choice of topics, however many
 * subscribers share it.
 */
import { type EventFeed, type EventSink, type EventSubscription, eventFrame, noticeFrame } from '../api/event-feed.ts'
import type { Client } from '../rpc/client-type.ts'
import type { Control } from '../rpc/contract.ts'
import { EVENT_LEASE_MS, type EventTopic, type StreamBatch, type StreamEvent } from '../rpc/gossip-events.ts'
import type { MeshEvent } from '../rpc/mesh-views.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'

/** A quarter of the connections that the API takes, so that streams leave room for everything else. */
export const MAX_SUBSCRIBERS = 128
/** Three renewals a lease: two may be late. */
const RENEWAL_MS = EVENT_LEASE_MS / 3

interface Subscriber {
  readonly topics: ReadonlySet<EventTopic>
  /** The same for the same topics. */
  readonly choice: string
  readonly sink: EventSink
}

export interface EventHubDeps {
  readonly control: Pick<Client<Control>, 'subscribeEvents'>
  readonly clock?: Clock
}

export class EventHub implements EventFeed {
  readonly #deps: EventHubDeps
  readonly #clock: Clock
  readonly #subscribers = new Set<Subscriber>()
  #meshEvents: StreamEvent[] = []
  #renewal: Disposable | undefined
  #isClosed = false

  constructor(deps: EventHubDeps) {
    this.#deps = deps
    this.#clock = deps.clock ?? systemClock
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  async open(topics: ReadonlySet<EventTopic>, sink: EventSink): Promise<EventSubscription> {
    if (this.#isClosed) throw new RelayError('NOT_READY', 'the relay is stopping')
    if (this.#subscribers.size >= MAX_SUBSCRIBERS) {
      throw new RelayError('SUBSCRIBERS_FULL', `${MAX_SUBSCRIBERS} event streams are open`)
    }
    const subscriber = { topics, choice: [...topics].sort().join(), sink }
    this.#subscribers.add(subscriber)
    const close = (): void => {
      if (this.#subscribers.delete(subscriber)) this.#renew()
    }
    try {
      await this.#ask()
      if (this.#isClosed) throw new RelayError('NOT_READY', 'the relay is stopping')
    } catch (cause) {
      close()
      throw cause
    }
    this.#renewal ??= this.#clock.every(RENEWAL_MS, () => this.#renew())
    return { close }
  }

  /** What the worker made. */
  take({ events, dropped }: StreamBatch): void {
    this.#send(events, dropped)
  }

  /** A change of the mesh, as the worker tells every one. Those of one turn are sent together. */
  takeMesh({ atMs, action, peerId, topic, reason, score, backoffSecs }: MeshEvent): void {
    if (!this.#isWanted('mesh')) return
    const data = { action, peer_id: peerId, topic, reason, score, backoff_secs: backoffSecs, unix_ms: atMs }
    this.#meshEvents.push({ topic: 'mesh', data: JSON.stringify(data) })
    if (this.#meshEvents.length > 1) return
    queueMicrotask(() => {
      const events = this.#meshEvents
      this.#meshEvents = []
      this.#send(events, {})
    })
  }

  /** Ends every stream. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#renewal?.[Symbol.dispose]()
    this.#renewal = undefined
    for (const { sink } of [...this.#subscribers]) sink.end()
    this.#subscribers.clear()
  }

  #isWanted(topic: EventTopic): boolean {
    for (const { topics } of this.#subscribers) if (topics.has(topic)) return true
    return false
  }

  #ask(): Promise<void> {
    const wanted = new Set<EventTopic>()
    for (const { topics } of this.#subscribers) for (const topic of topics) wanted.add(topic)
    return this.#deps.control.subscribeEvents([...wanted])
  }

  /** A worker that does not answer is asked again in time. One that died ends the process. */
  #renew(): void {
    if (this.#isClosed) return
    if (this.#subscribers.size === 0) {
      this.#renewal?.[Symbol.dispose]()
      this.#renewal = undefined
    }
    this.#ask().catch(() => undefined)
  }

  #send(events: readonly StreamEvent[], dropped: StreamBatch['dropped']): void {
    const framesOf = new Map<string, Buffer>()
    // A sink that has enough of it leaves the set.
    for (const { topics, choice, sink } of [...this.#subscribers]) {
      let frames = framesOf.get(choice)
      if (frames === undefined) {
        frames = Buffer.from(textOf(topics, events, dropped))
        framesOf.set(choice, frames)
      }
      if (frames.length > 0) sink.write(frames)
    }
  }
}

function textOf(
  topics: ReadonlySet<EventTopic>,
  events: readonly StreamEvent[],
  dropped: StreamBatch['dropped'],
): string {
  let text = ''
  for (const { topic, data } of events) if (topics.has(topic)) text += eventFrame(topic, data)
  for (const topic of topics) {
    const count = dropped[topic] ?? 0
    if (count > 0) text += noticeFrame({ reason: 'left_out', topic, dropped: count })
  }
  return text
}
