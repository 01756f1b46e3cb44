import type { MeshEvent } from '../rpc/mesh-views.ts'

/** Minutes of a steady mesh of two hundred topics; at a few hundred bytes each, below half a megabyte. */
const MAX_EVENTS = 1_024

/** The newest mesh events, for readers that come later. */
export class MeshHistory {
  readonly #ring: MeshEvent[] = []
  #next = 0
  #dropped = 0

  /** Takes an event; the oldest goes when 1,024 are held. */
  push(event: MeshEvent): void {
    if (this.#ring.length === MAX_EVENTS) this.#dropped++
    this.#ring[this.#next] = event
    this.#next = (this.#next + 1) % MAX_EVENTS
  }

  /** Events that went to make room, since the start. */
  get dropped(): number {
    return this.#dropped
  }

  /** A copy, oldest first. */
  events(): readonly MeshEvent[] {
    if (this.#ring.length < MAX_EVENTS) return [...this.#ring]
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }
}
