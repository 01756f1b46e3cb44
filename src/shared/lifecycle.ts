import { type Clock, systemClock } from './clock.ts'

/** A part that is started once and stopped once, by its owner. */
export interface Part {
  /** For log lines and errors. */
  readonly name: string
  start?(): void | Promise<void>
  stop?(): void | Promise<void>
}

export interface StopFailure {
  readonly name: string
  readonly error: Error
}

/**
 * Settles as `work` does, or rejects when it has not after `deadlineMs`. The work itself goes on: the caller has to
 * end it or to live with it.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  name: string,
  clock: Clock = systemClock,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = clock.after(deadlineMs, () => reject(new Error(`${name} took longer than ${deadlineMs} ms`)))
  try {
    return await Promise.race([work, late])
  } finally {
    timer[Symbol.dispose]()
  }
}

/**
 * Stops `parts` in reverse order, each within `deadlineMs`, and goes on past a failure so that one stuck part never
 * keeps the others from their goodbye. Answers what failed; never throws.
 */
export async function stopAll(
  parts: readonly Part[],
  deadlineMs: number,
  clock: Clock = systemClock,
): Promise<readonly StopFailure[]> {
  const failures: StopFailure[] = []
  for (const part of parts.toReversed()) {
    try {
      await withDeadline(Promise.resolve(part.stop?.()), deadlineMs, `stop of ${part.name}`, clock)
    } catch (cause) {
      failures.push({ name: part.name, error: cause instanceof Error ? cause : new Error(String(cause)) })
    }
  }
  return failures
}

/**
 * Starts `parts` in order, each within `deadlineMs`. When one fails, those started before it are stopped again in
 * reverse order, and the failure is thrown.
 */
export async function startAll(parts: readonly Part[], deadlineMs: number, clock: Clock = systemClock): Promise<void> {
  const started: Part[] = []
  for (const part of parts) {
    try {
      await withDeadline(Promise.resolve(part.start?.()), deadlineMs, `start of ${part.name}`, clock)
      started.push(part)
    } catch (cause) {
      await stopAll(started, deadlineMs, clock)
      throw cause
    }
  }
}
