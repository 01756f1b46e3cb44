/**
 * Time as a dependency. Everything with state that depends on time takes a `Clock`; tests pass a `FakeClock`
 * (test/support/fake-clock.ts) and advance it instead of sleeping.
 */
export interface Clock {
  /** Wall time, ms since the Unix epoch: slots and timestamps. May jump. */
  nowMs(): number
  /** Monotonic time in fractional ms: durations, RTTs, decay. Never jumps. */
  monotonicMs(): number
  /** Calls `run` once after `delayMs`, unless disposed before. */
  after(delayMs: number, run: () => void): Disposable
  /** Calls `run` every `periodMs` until disposed. */
  every(periodMs: number, run: () => void): Disposable
}

/** setTimeout holds a signed 32-bit count of ms; a longer delay fires at once, so waits are cut into pieces of this. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

function timer(delayMs: number, run: () => void): Disposable {
  let handle: NodeJS.Timeout
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, MAX_TIMEOUT_MS)
    handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : run()), stepMs)
    handle.unref()
  }
  arm(Math.max(0, delayMs))
  return { [Symbol.dispose]: () => clearTimeout(handle) }
}

/** The real clock. Its timers do not keep the process alive: sockets and ports do. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: timer,
  every: (periodMs, run) => {
    const handle = setInterval(run, periodMs)
    handle.unref()
    return { [Symbol.dispose]: () => clearInterval(handle) }
  },
}
