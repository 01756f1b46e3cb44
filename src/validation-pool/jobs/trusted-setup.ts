import { DasContextJs } from '@crate-crypto/node-eth-kzg'

let setup: DasContextJs | undefined

/**
 * The trusted setup of KZG, loaded when first asked for: two seconds of the thread, and 5 MB. Precomputed tables, which
 * verifying does not use, would take some hundred MB more.
 */
export function trustedSetup(): DasContextJs {
  setup ??= DasContextJs.create({ usePrecomp: false })
  return setup
}
