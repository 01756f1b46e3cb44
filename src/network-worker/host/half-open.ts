/** Inbound connections being encrypted at once; each is a socket, a handshake and 128 KiB at most of what was sent ahead. */
export const MAX_HALF_OPEN = 256

/** What is known of a connection that is being made. */
export interface HalfOpenConnection {
  abort(error: Error): void
  addEventListener(event: 'close', listener: () => void, options: { once: true }): void
}

/**
 * Inbound connections of which nobody knows yet who is on the other side. Each may take ten seconds, so that some addresses that
 * begin and say nothing would fill any bound for good: when it is full, the oldest of the place that has most of them goes.
 */
export class HalfOpenConnections {
  readonly #byPlace = new Map<string, Set<HalfOpenConnection>>()
  readonly #places = new Map<HalfOpenConnection, string>()
  /** Ended for others since start. */
  ended = 0

  get size(): number {
    return this.#places.size
  }

  enter(place: string, connection: HalfOpenConnection): void {
    const ofPlace = this.#byPlace.get(place) ?? new Set()
    this.#byPlace.set(place, ofPlace.add(connection))
    this.#places.set(connection, place)
    connection.addEventListener('close', () => this.leave(connection), { once: true })
    if (this.#places.size > MAX_HALF_OPEN) this.#endOne()
  }

  /** It is made, or has ended. Idempotent. */
  leave(connection: HalfOpenConnection): void {
    const place = this.#places.get(connection)
    if (place === undefined) return
    this.#places.delete(connection)
    const ofPlace = this.#byPlace.get(place)
    ofPlace?.delete(connection)
    if (ofPlace?.size === 0) this.#byPlace.delete(place)
  }

  #endOne(): void {
    let fullest: ReadonlySet<HalfOpenConnection> = new Set()
    for (const ofPlace of this.#byPlace.values()) if (ofPlace.size > fullest.size) fullest = ofPlace
    const [oldest] = fullest
    if (oldest === undefined) return
    this.leave(oldest)
    this.ended++
    oldest.abort(new Error('a connection that is not made gives way'))
  }
}
