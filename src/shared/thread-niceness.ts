/** On Linux a priority is a thread's own (sched(7)); elsewhere it is the whole process's, and is left alone by whoever asks. */
import { constants, getPriority, setPriority } from 'node:os'

/**
 * Steps of niceness below the network thread (sched(7)): a third of its share of a processor that both want, all of one
 * that nobody wants.
 */
export const NICENESS_BEHIND = 5
/** The thread that asks, to setpriority(2). */
export const THIS_THREAD = 0

/** Lowers a thread's priority by so many steps, as far as it goes. @throws SystemError when the system does not let it */
export function goBehind(
  thread: number,
  get: (thread: number) => number = getPriority,
  set: (thread: number, niceness: number) => void = setPriority,
): void {
  set(thread, Math.min(get(thread) + NICENESS_BEHIND, constants.priority.PRIORITY_LOW))
}
