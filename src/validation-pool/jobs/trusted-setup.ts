import { constants, getPriority, setPriority } from 'node:os'
import { DasContextJs } from '@crate-crypto/node-eth-kzg'

/**
 * Steps of niceness (sched(7)) of a thread that verifies proofs: columns come many at a time, and behind their block, so that
 * forwarding goes first where there are fewer processors than work.
 */
export const NICENESS_BEHIND = 5
/** The thread that asks, to setpriority(2). */
const THIS_THREAD = 0

let setup: DasContextJs | undefined

/**
 * The trusted setup of KZG, loaded when first asked for: one to two seconds of the thread, and 5 MB. Precomputed tables, which
 * verifying does not use, would take some hundred MB more. The thread goes behind the others only then: the first columns
 * wait for the load, and so does a stop, since nothing ends a thread that is in native code.
 */
export function trustedSetup(): DasContextJs {
  if (setup === undefined) {
    setup = DasContextJs.create({ usePrecomp: false })
    goBehind()
  }
  return setup
}

/** On Linux a priority is a thread's own; elsewhere it is the whole process's, and is left alone. */
function goBehind(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(THIS_THREAD, Math.min(getPriority(THIS_THREAD) + NICENESS_BEHIND, constants.priority.PRIORITY_LOW))
  } catch {
    // A system that forbids it: nothing depends on it.
  }
}
