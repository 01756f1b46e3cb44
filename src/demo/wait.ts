import type { Clock } from '../shared/clock.ts'

/**
 * Resolves true once the wall clock shows `atMs` (at once when it already does), false when `signal` aborts before.
 */
export function waitUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  const delayMs = atMs - clock.nowMs()
  if (delayMs <= 0) return Promise.resolve(true)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = clock.after(delayMs, () => resolve(true))
  const onAbort = (): void => resolve(false)
  signal.addEventListener('abort', onAbort, { once: true })
  return promise.finally(() => {
    timer[Symbol.dispose]()
    signal.removeEventListener('abort', onAbort)
  })
}
