/** Dashboards: a mode of the Go peer that asks an API at a fixed rate, as cheaply as it can. */
import { goPeerBinary } from '../../test/support/go-build.ts'
import { JsonLineProcess } from '../../test/support/json-line-process.ts'

/** What dashboards, their collectors and Prometheus poll of a relay. */
export const POLLED_PATHS: readonly string[] = [
  '/mesh',
  '/peers',
  '/peers/trusted',
  '/config',
  '/node/info',
  '/discovery/stats',
  '/stats/first-block-sender',
  '/stats/arrivals',
  '/eth/v1/node/health',
  '/eth/v1/node/peers',
  '/eth/v1/node/peer_count',
  '/eth/v1/node/syncing',
  '/eth/v1/lodestar/lodestar_peer_score_stats',
  '/metrics',
]

/** How hard the API is polled. */
export interface Polling {
  readonly ratePerSecond: number
  /** Kept open; a request waits when all are busy. */
  readonly connections: number
}

/** Latency is from the time at which a request was due to the last byte of its answer. */
export interface PollResult {
  readonly requests: number
  /** Requests without a whole answer. */
  readonly errors: number
  /** Requests that were due and that no connection was free for. */
  readonly unsent: number
  readonly byStatus: Readonly<Record<string, number>>
  readonly bytes: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Dashboards run on machines of their own: here theirs is what the relay and the generator leave of this one. */
const NICENESS = 10
/** Longest a run may overstay: the answers that are on their way, on a busy machine. */
const RUN_GRACE_MS = 30_000

export class ApiPoller implements AsyncDisposable {
  readonly #process: JsonLineProcess<never>
  readonly #baseUrl: string

  private constructor(process: JsonLineProcess<never>, baseUrl: string) {
    this.#process = process
    this.#baseUrl = baseUrl
  }

  /** Of the API at `baseUrl`, which has no slash at its end. @throws Error with the compiler's output */
  static async start(baseUrl: string): Promise<ApiPoller> {
    return new ApiPoller(new JsonLineProcess<never>('nice', ['-n', String(NICENESS), await goPeerBinary()]), baseUrl)
  }

  /** Asks for the paths in turn. @throws Error when an answer fails or is no 2xx, which would be cheaper than a true one */
  async run({ ratePerSecond, connections }: Polling, seconds: number): Promise<PollResult> {
    const args = { baseUrl: this.#baseUrl, paths: POLLED_PATHS, ratePerSecond, connections, seconds }
    const result = await this.#process.call<PollResult>('pollRun', args, seconds * 1000 + RUN_GRACE_MS)
    const refused = Object.keys(result.byStatus).filter((status) => !status.startsWith('2'))
    if (result.errors === 0 && refused.length === 0) return result
    throw new Error(`polling failed: ${result.errors} errors, statuses ${JSON.stringify(result.byStatus)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
  }
}
