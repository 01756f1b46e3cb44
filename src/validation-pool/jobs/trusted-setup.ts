import { DasContextJs } from '@crate-crypto/node-eth-kzg'
import { goBehind, THIS_THREAD } from '../../shared/thread-niceness.ts'

let setup: DasContextJs | undefined

/**
 * The trusted setup of KZG, loaded when first asked for: one to two seconds of the thread, and 5 MB. Precomputed tables, which
 * verifying does not use, would take some hundred MB more. Only then does the thread go behind those that forward, since
 * columns come many at a time, and behind their block: the first ones wait for the load, and so does a stop, since nothing ends a
 * thread that is in native code.
 */
export function trustedSetup(): DasContextJs {
  if (setup === undefined) {
    setup = DasContextJs.create({ usePrecomp: false })
    yieldToForwarding()
  }
  return setup
}

function yieldToForwarding(): void {
  if (process.platform !== 'linux') return
  try {
    goBehind(THIS_THREAD)
  } catch {
    // A system that forbids it: nothing depends on it.
  }
}
