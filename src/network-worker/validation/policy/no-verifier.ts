import type { Verifier } from '../verify/verifier.ts'

/** For a relay that has no threads for it: nothing can be verified, so that every message goes by its topic's fallback. */
export const NO_VERIFIER: Verifier = {
  expect: () => undefined,
  prospect: () => 'none',
  verify: async () => 'unavailable',
  provesClaim: () => false,
}
