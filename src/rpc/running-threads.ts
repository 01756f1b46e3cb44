/** The threads that this one has started. Apart from what starts them, which loads a library, so that who ends them need not. */

export interface RunningThread {
  terminate(): Promise<unknown>
  once(event: 'exit', listener: () => void): unknown
}

/** Those that have not ended: as many as this thread has kinds of workers. */
const running = new Set<RunningThread>()

/** Counts a thread in until it ends. */
export function addThread(thread: RunningThread): void {
  running.add(thread)
  thread.once('exit', () => running.delete(thread))
}

/** Ends all of them; resolves when they are gone, which one that hangs in native code never is. */
export async function endThreads(): Promise<void> {
  await Promise.all(Array.from(running, (thread) => thread.terminate()))
}
