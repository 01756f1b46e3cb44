import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'

/** Nobody waits for these writes: a transaction a second is enough, however much a second brings. */
const WRITE_PERIOD_MS = 1_000

export interface WriteBehindDeps<T> {
  readonly clock: Clock
  /** Entries that wait at most: as soon as there are as many they are written. */
  readonly maxWaiting: number
  /** Called with at least one entry, in the order of their last change. Handles its own failures. */
  readonly write: (entries: ReadonlyMap<PeerIdStr, T>) => void
}

/** The newest of each peer, a second's written at once. What a crash loses is a second's. */
export class WriteBehind<T> {
  readonly #deps: WriteBehindDeps<T>
  #waiting = new Map<PeerIdStr, T>()
  #timer: Disposable | undefined
  #closed = false

  constructor(deps: WriteBehindDeps<T>) {
    this.#deps = deps
  }

  /** Puts what `change` makes of the entry that waits, if any, in its place and behind all others. */
  take(peerId: PeerIdStr, change: (waiting: T | undefined) => T): void {
    if (this.#closed) return
    const { clock, maxWaiting } = this.#deps
    const entry = change(this.#waiting.get(peerId))
    this.#waiting.delete(peerId)
    this.#waiting.set(peerId, entry)
    if (this.#waiting.size >= maxWaiting) this.#write()
    else this.#timer ??= clock.after(WRITE_PERIOD_MS, () => this.#write())
  }

  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void {
    this.#write()
    this.#closed = true
  }

  #write(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#waiting.size === 0) return
    const entries = this.#waiting
    this.#waiting = new Map()
    this.#deps.write(entries)
  }
}
