import { type Clock, systemClock } from './clock.ts'

/** A part that is started once and stopped once, by its owner. */
export interface Part {
  /** For log lines and errors. */
  readonly name: string
  /** What its start, and what its stop, may take. */
  readonly deadlineMs: number
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

/** Runs one step of a part; a step that throws at once and one that rejects are the same. */
async function within(part: Part, step: 'start' | 'stop', clock: Clock): Promise<void> {
  const work = (async () => part[step]?.())()
  await withDeadline(work, part.deadlineMs, `${step} of ${part.name}`, clock)
}

/**
 * Stops `parts` in reverse order, each within its deadline, and goes on past a failure so that one stuck part never
 * keeps the others from their goodbye. Answers what failed; never throws.
 */
export async function stopAll(parts: readonly Part[], clock: Clock = systemClock): Promise<readonly StopFailure[]> {
  const failures: StopFailure[] = []
  for (const part of parts.toReversed()) {
    try {
      await within(part, 'stop', clock)
    } catch (cause) {
      failures.push({ name: part.name, error: cause instanceof Error ? cause : new Error(String(cause)) })
    }
  }
  return failures
}

/**
 * Starts `parts` in order, each within its deadline. When one fails, those started before it are stopped again in
 * reverse order, and the failure is thrown.
 */
export async function startAll(parts: readonly Part[], clock: Clock = systemClock): Promise<void> {
  const started: Part[] = []
  for (const part of parts) {
    try {
      await within(part, 'start', clock)
      started.push(part)
    } catch (cause) {
      await stopAll(started, clock)
      throw cause
    }
  }
}
