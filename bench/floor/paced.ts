/** Things done at a steady rate. */
import { setTimeout as delay } from 'node:timers/promises'

export interface Pace {
  readonly ratePerSecond: number
  readonly seconds: number
}

export interface Paced {
  /** How often it was done. */
  readonly count: number
  /** The worst delay behind the schedule. */
  readonly maxLagMs: number
}

export interface PaceClock {
  readonly nowMs: () => number
  /** In whole ms, which is what timers know. */
  readonly sleep: (ms: number) => Promise<unknown>
}

const SYSTEM: PaceClock = { nowMs: () => performance.now(), sleep: (ms) => delay(ms) }

/** Acts at fixed times from now on: being late once does not push the next ones back. */
export async function paced(
  { ratePerSecond, seconds }: Pace,
  act: (index: number) => void,
  { nowMs, sleep }: PaceClock = SYSTEM,
): Promise<Paced> {
  const count = Math.round(ratePerSecond * seconds)
  const startedMs = nowMs()
  let maxLagMs = 0
  for (let index = 0; index < count; ) {
    const lagMs = nowMs() - startedMs - (index * 1000) / ratePerSecond
    if (lagMs < 0) {
      await sleep(Math.ceil(-lagMs))
      continue
    }
    maxLagMs = Math.max(maxLagMs, lagMs)
    act(index++)
  }
  return { count, maxLagMs }
}
