import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export interface Collector {
  /** Collects the young generation, and with it the arrays that died young. */
  readonly young: () => void
  /** Collects the whole heap, at once: some 20 to 40 ms. */
  readonly whole: () => void
}

let ours: Collector | undefined

/** The calling thread's; one that does nothing where V8 gives no way to collect. */
export function collector(): Collector {
  // Once a thread: a context takes half a millisecond to make, and keeps 200 kB.
  ours ??= makeCollector()
  return ours
}

function makeCollector(): Collector {
  // Documented (v8.setFlagsFromString); contexts made from here on have the function, ours stays without.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined')
  setFlagsFromString('--no-expose-gc')
  if (typeof collect !== 'function') return { young: () => undefined, whole: () => undefined }
  return {
    young: () => collect({ type: 'minor', execution: 'sync' }),
    whole: () => collect({ type: 'major', execution: 'sync' }),
  }
}
