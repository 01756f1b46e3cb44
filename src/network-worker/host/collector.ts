import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export interface Collector {
  /** Collects the young generation, and with it the arrays that died young. Not while a whole heap is being marked. */
  readonly young: () => void
  /**
   * Begins to collect the whole heap, if it has grown at all since that was last done: V8 marks it beside what the thread
   * does, for some 40 ms, and holds the thread up for some 5 ms at the end. Compiled code stays (ADR 40).
   */
  readonly whole: () => void
}

/**
 * The share of the space left below its limit that V8 lets be taken before it begins to mark, in percent; 0 leaves that to
 * it. It looks when it needs a page for old objects, which it does for the first one after a young collection.
 */
const TRIGGER = '--incremental-marking-hard-trigger'
const LEAST_PERCENT = 1
/** Several times what it takes to mark 60 MB. A young collection meanwhile has V8 end it at once and in one piece. */
const MARKING_MS = 200

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
  const young = () => collect({ type: 'minor', execution: 'sync' })
  // Compiles what it calls: done later, that would be what needs the page, before V8 is told to look.
  beginMarking(0)
  let markedByMs = 0
  const isMarking = () => performance.now() < markedByMs
  return {
    young: () => {
      if (!isMarking()) young()
    },
    whole: () => {
      if (isMarking()) return
      young()
      beginMarking(LEAST_PERCENT)
      markedByMs = performance.now() + MARKING_MS
    },
  }
}

let begun = 0

/** To be called right after a young collection. @param percent how little of the space lets V8 begin; 0 leaves that to it */
function beginMarking(percent: number): void {
  // Of all threads: another that looks in these microseconds begins as well, and loses nothing by it.
  setFlagsFromString(`${TRIGGER}=${percent}`)
  makeOldObject(`marking ${++begun}`)
  setFlagsFromString(`${TRIGGER}=0`)
}

/** Names of properties are old from the first, and kept once: so this one has to be new. */
function makeOldObject(name: string): object {
  const object: Record<string, boolean> = {}
  object[name] = true
  return object
}
