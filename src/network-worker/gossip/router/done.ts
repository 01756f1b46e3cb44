/** For methods that upstream has asynchronous, when nothing is left to be waited for: one promise for all of them. */
export const DONE: Promise<void> = Promise.resolve()
