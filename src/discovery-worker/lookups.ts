import type { ENR } from '@chainsafe/enr'
import type { LookupView } from '../rpc/discovery-contract.ts'
import type { Clock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'
import { IterativeLookup, type LookupDeps } from './iterative-lookup.ts'

/** At three requests each, twelve under way: the answers of all of them, 60 packets, fit the socket's buffer many times. */
const MAX_LOOKUPS = 4
/**
 * Between two lookups that ask whoever has answered a second time: some ban an address for its ninth packet in a second
 * (packet-quota.ts), and all lookups of a small network ask the same few.
 */
const WIDE_PERIOD_MS = 60_000
const TARGET_FORM = /^[0-9a-f]{64}$/i

export interface LookupsDeps extends Omit<LookupDeps, 'clock' | 'mayWiden'> {
  readonly clock: Clock
  /** Nodes of the routing table. */
  readonly table: () => readonly ENR[]
}

/** The lookups under way, and how many there were. */
export class Lookups {
  readonly #deps: LookupsDeps
  readonly #running = new Set<IterativeLookup>()
  #wideAtMs = Number.NEGATIVE_INFINITY
  /** Begun since start. */
  total = 0

  constructor(deps: LookupsDeps) {
    this.#deps = deps
  }

  get running(): number {
    return this.#running.size
  }

  /**
   * @param targetHex node id, 64 hex digits
   * @throws RelayError BAD_REQUEST for another form; NOT_READY when as many run as may
   */
  async run(targetHex: string): Promise<LookupView> {
    const { clock, table } = this.#deps
    if (!TARGET_FORM.test(targetHex)) throw new RelayError('BAD_REQUEST', 'a lookup needs 64 hex digits')
    if (this.#running.size >= MAX_LOOKUPS) throw new RelayError('NOT_READY', `${MAX_LOOKUPS} lookups are under way`)
    const startedAtMs = clock.monotonicMs()
    const lookup = new IterativeLookup(targetHex.toLowerCase(), {
      ...this.#deps,
      mayWiden: () => this.#takeWideTurn(),
    })
    this.#running.add(lookup)
    this.total++
    try {
      const { closest, records } = await lookup.run(table())
      return { tookMs: clock.monotonicMs() - startedAtMs, closest: closest.length, records }
    } finally {
      this.#running.delete(lookup)
    }
  }

  /** Ends all of them with what they have. */
  stop(): void {
    for (const lookup of this.#running) lookup.stop()
  }

  #takeWideTurn(): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - this.#wideAtMs < WIDE_PERIOD_MS) return false
    this.#wideAtMs = nowMs
    return true
  }
}
