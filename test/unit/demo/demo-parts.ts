/** What most tests of the demo begin with. */
import { DemoChain } from '../../../src/demo/chain.ts'
import { createDemoNetwork, type DemoNetwork } from '../../../src/demo/demo-network.ts'
import { createKeyRing, type KeyRing } from '../../../src/demo/keys.ts'

export const NOW_MS = 1_800_000_001_234

export interface DemoParts {
  readonly keys: KeyRing
  readonly network: DemoNetwork
  readonly chain: DemoChain
}

export function createDemoParts(): DemoParts {
  const keys = createKeyRing()
  const network = createDemoNetwork(keys, NOW_MS)
  return { keys, network, chain: new DemoChain(network, keys) }
}
