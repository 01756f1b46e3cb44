/**
 * One-way typed events on a port of their own, so that bulk data never waits in front of a control call.
 * In: single records at any rate. Out: one array a flush period in which some came, or sooner when `maxBatch` is reached.
 * Bounds: the receiver acknowledges each batch; while `MAX_UNACKED_BATCHES` are on their way the emitter buffers, and
 * beyond `maxBuffered`, twice that for what is kept on disk, it drops the record offered and counts it. A stalled receiver costs a fixed amount of memory.
 */
import { type Clock, systemClock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import { type EventBatch, type EventRecord, isEventAck, isEventBatch, type Port } from './wire.ts'

/** Batches that may wait at the receiver: one in its hands, one behind it, and some slack for its garbage collection. */
export const MAX_UNACKED_BATCHES = 4

export interface EmitterOptions<E> {
  /** How long a record may wait for company. */
  readonly flushPeriodMs: number
  /** Records that are posted without waiting for the period. */
  readonly maxBatch: number
  /** Records kept while the receiver is behind; at least `maxBatch`. */
  readonly maxBuffered: number
  /** Events that are kept on disk: as many again of them have room where the others have none. */
  readonly kept?: readonly (keyof E)[]
  /** Events that leave at once, with everything buffered before them, whatever the receiver has acknowledged. */
  readonly urgent: readonly (keyof E)[]
  readonly clock?: Clock
}

export interface Emitter<E> {
  /** Queues one record. Never throws: data that cannot be cloned is dropped and counted. */
  emit<K extends keyof E>(name: K, data: E[K]): void
  /** Posts what is buffered, if the receiver has room. */
  flush(): void
  /** Posts what is buffered and stops the timer; later records are dropped. Idempotent. */
  close(): void
}

class PortEmitter<E> implements Emitter<E> {
  readonly #port: Port
  readonly #options: EmitterOptions<E>
  /** While something waits: a thread that has nothing to tell is not woken. */
  #timer: Disposable | undefined
  #buffer: EventRecord<E>[] = []
  #dropped = 0
  #unacked = 0
  #closed = false

  constructor(port: Port, options: EmitterOptions<E>) {
    this.#port = port
    this.#options = options
    port.on('message', (frame) => {
      if (isEventAck(frame)) this.#unacked = Math.max(0, this.#unacked - 1)
    })
  }

  emit<K extends keyof E>(name: K, data: E[K]): void {
    if (this.#closed) return
    const { urgent: urgents, kept = [], maxBuffered } = this.#options
    const urgent = urgents.includes(name)
    const limit = kept.includes(name) ? 2 * maxBuffered : maxBuffered
    if (!urgent && this.#buffer.length >= limit) {
      this.#dropped++
      return
    }
    this.#buffer.push({ name, data } as EventRecord<E>)
    if (urgent) this.#post()
    else if (this.#buffer.length >= this.#options.maxBatch) this.flush()
    this.#arm()
  }

  flush(): void {
    if (this.#unacked >= MAX_UNACKED_BATCHES) return
    if (this.#buffer.length > 0 || this.#dropped > 0) this.#post()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    if (this.#buffer.length > 0) this.#post()
  }

  #arm(): void {
    if (this.#timer !== undefined || (this.#buffer.length === 0 && this.#dropped === 0)) return
    const { clock = systemClock, flushPeriodMs } = this.#options
    this.#timer = clock.after(flushPeriodMs, () => {
      this.#timer = undefined
      this.flush()
      this.#arm()
    })
  }

  #post(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const records = this.#buffer
    this.#buffer = []
    if (this.#send(records)) return
    // One record of the batch cannot be cloned: the others must not be lost with it.
    for (const record of records) if (!this.#send([record])) this.#dropped++
  }

  #send(records: readonly EventRecord<E>[]): boolean {
    const batch: EventBatch<E> = { kind: 'events', dropped: this.#dropped, records }
    try {
      this.#port.postMessage(batch)
    } catch {
      return false
    }
    this.#dropped = 0
    this.#unacked++
    return true
  }
}

/** The sending end of the events `E` on `port`. Its timer does not keep the thread alive. */
export function createEmitter<E>(port: Port, options: EmitterOptions<E>): Emitter<E> {
  return new PortEmitter(port, options)
}

/** One listener for each event of the contract: an event nobody handles does not compile. */
export type Listeners<E> = { readonly [K in keyof E]: (data: E[K]) => void }

/**
 * Dispatches the batches that arrive on `port`, in order, to their listeners. A listener that throws is logged and the
 * rest of the batch goes on; a name without a listener is ignored; records dropped by the sender are logged as one line
 * a batch.
 */
export function receiveEvents<E>(port: Port, listeners: Listeners<E>, log: Logger): void {
  const dispatch = ({ name, data }: EventRecord<E>): void => {
    if (!Object.hasOwn(listeners, name)) return
    try {
      listeners[name](data)
    } catch (err) {
      log.error({ err, event: String(name) }, 'event listener failed')
    }
  }
  port.on('message', (frame) => {
    if (!isEventBatch<E>(frame)) return
    for (const record of frame.records) dispatch(record)
    if (frame.dropped > 0) log.warn({ dropped: frame.dropped }, 'events were dropped: this thread did not keep up')
    port.postMessage({ kind: 'ack' })
  })
}
