import type { PresetName } from '../../consensus/network-config.ts'
import type { ParsedTopic } from '../../consensus/topic.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { DiscoveryControl } from '../../rpc/discovery-contract.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'
import type { LookupTargets } from './lookup-targets.ts'

/** Lookups under way at once while peers are missing: each keeps a few requests in the air, so more only crowd the uplink. */
const MAX_PARALLEL_LOOKUPS = 3
/** With enough peers: now and then, since nearer ones may have come. */
const LEISURE_PERIOD_MS = 30_000
/** When lookups bring nothing new, the pause between them doubles from the first to the last of these. */
const FIRST_PAUSE_MS = 1000
const LAST_PAUSE_MS = 30_000

type LookupControl = Pick<Client<DiscoveryControl>, 'lookup'>

export interface LookupDriverDeps {
  /** Undefined while no thread is there to look. */
  readonly control: () => LookupControl | undefined
  readonly targets: LookupTargets
  readonly clock: Clock
  readonly log: Logger
  readonly preset: PresetName
  readonly currentEpoch: () => number
}

/** What is to be looked for now. */
export interface LookupNeed {
  /** Peers are missing. */
  readonly isShort: boolean
  /** Subnets that too few of our peers take. */
  readonly topics: readonly ParsedTopic[]
}

/**
 * When to look, and where: the whole id space in turn, and between whiles where the ids lie whose nodes keep a subnet
 * that we are short of. Columns follow from a hash of the id: for them there is no place to look, only more nodes.
 */
export class LookupDriver {
  readonly #deps: LookupDriverDeps
  #running = 0
  #lastAtMs = Number.NEGATIVE_INFINITY
  #pauseMs = FIRST_PAUSE_MS
  #freshSinceLast = 0
  /** Started, since start. */
  total = 0

  constructor(deps: LookupDriverDeps) {
    this.#deps = deps
  }

  /** A record came that was not known: looking is worth while. */
  foundNew(): void {
    this.#freshSinceLast++
  }

  /** To be called at each discovery tick. */
  tick(need: LookupNeed): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const isWanted = need.isShort || need.topics.length > 0
    // Judged by the need of now: who loses peers a moment after a leisurely look does not wait for the next one.
    if (nowMs - this.#lastAtMs < (isWanted ? this.#pauseMs : LEISURE_PERIOD_MS)) return
    const control = this.#deps.control()
    const parallel = isWanted ? MAX_PARALLEL_LOOKUPS : 1
    if (control === undefined || this.#running >= parallel) return
    while (this.#running < parallel) this.#look(control, this.#target(need.topics))
    this.#lastAtMs = nowMs
    this.#setPause(isWanted)
  }

  /** Every third lookup goes towards a subnet, while there are subnets to look for. */
  #target(topics: readonly ParsedTopic[]): string {
    const { targets, preset, currentEpoch } = this.#deps
    const subnets = topics.filter(({ spec }) => spec.kind === 'beacon_attestation')
    const round = Math.floor(this.total / MAX_PARALLEL_LOOKUPS)
    const { index } = subnets[round % Math.max(1, subnets.length)] ?? {}
    if (index === undefined || this.total % MAX_PARALLEL_LOOKUPS !== 0) return targets.sweep()
    return targets.towardsSubnet(index, Math.max(0, currentEpoch()), preset)
  }

  /** Nothing new since the last time: all that can be found has been, and nobody gains by asking again at once. */
  #setPause(isWanted: boolean): void {
    const isIdle = isWanted && this.#freshSinceLast === 0
    this.#pauseMs = isIdle ? Math.min(this.#pauseMs * 2, LAST_PAUSE_MS) : FIRST_PAUSE_MS
    this.#freshSinceLast = 0
  }

  #look(control: LookupControl, targetHex: string): void {
    this.total++
    this.#running++
    control
      .lookup(targetHex)
      .catch((err: unknown) => this.#deps.log.debug({ err }, 'lookup failed'))
      .finally(() => this.#running--)
  }
}
