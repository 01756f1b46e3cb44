import type { PeerRecord } from './peer-record.ts'

/** As Lighthouse: 20 s for peers that dialled us, who ping on their own, 15 s for those we dialled (reference/scoring.md §5). */
const PING_PERIOD_MS = { inbound: 20_000, outbound: 15_000 } as const
/** Never sooner than this: peers allow two pings in 10 s. */
export const MIN_PING_PERIOD_MS = 5000
/** The first ones come at the shortest distance, so that a round trip is soon known by more than one sample. */
const FIRST_PINGS = 2
const STATUS_PERIOD_MS = 300_000
/** A peer whose Status never came is asked again sooner. */
const STATUS_RETRY_MS = 30_000

export interface DueUpkeep {
  readonly ping: boolean
  readonly status: boolean
}

/** What a connected peer is due at `nowMs` (monotonic). */
export function dueUpkeep(record: PeerRecord, nowMs: number): DueUpkeep {
  const isEager = record.missedPings > 0 || record.pingsSent < FIRST_PINGS
  const pingPeriodMs = isEager ? MIN_PING_PERIOD_MS : PING_PERIOD_MS[record.direction]
  const statusPeriodMs = record.status === undefined ? STATUS_RETRY_MS : STATUS_PERIOD_MS
  return {
    ping: record.greeted && !record.pingInFlight && nowMs - record.lastPingAtMs >= pingPeriodMs,
    status: nowMs - record.lastStatusAtMs >= statusPeriodMs,
  }
}
