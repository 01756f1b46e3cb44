/**
 * How a change that outlives a restart is made: written to the disk, then made in the network worker, then answered.
 *
 * When the worker refuses a change, dies or does not answer, the change is taken back from the disk and the worker is
 * told the state before it again. Calls reach the worker in order, so one that it gets to late is undone right behind.
 * So an answered change is on the disk, and a failed one is nowhere. A process killed in between leaves a change that
 * nobody was told of, either whole or not at all.
 */
import type { Logger } from '../../shared/logger.ts'

/** One change as its two effects and their opposites. */
export interface KeptChange<T> {
  /** For log lines. */
  readonly name: string
  /** Writes the change to the disk; answers what takes it back from there. */
  persist(): () => void
  effect(): Promise<T>
  /** Makes all its calls before it first waits, so that no later change comes in between. */
  undoEffect(): Promise<unknown>
}

/**
 * Makes a change; one at a time, so callers queue.
 * @throws what kept it from being made; it is nowhere then, but for a disk that fails twice, which is logged
 */
export async function makeChange<T>(change: KeptChange<T>, log: Logger): Promise<T> {
  const unpersist = change.persist()
  try {
    return await change.effect()
  } catch (cause) {
    takeBack(change, unpersist, log)
    throw cause
  }
}

/** Not awaited: a worker that answered an error answers this too, and one that hangs would hold the queue. */
function takeBack({ name, undoEffect }: KeptChange<unknown>, unpersist: () => void, log: Logger): void {
  try {
    unpersist()
  } catch (err) {
    log.error({ err }, `${name} failed, and stays in the database`)
  }
  undoEffect().catch((err: unknown) => log.debug({ err }, `${name} failed; the worker was not told to undo it`))
}
