/** A discovery worker that ends as soon as it is given its settings. */
import { expose } from '@chainsafe/threads/worker'
import type { DiscoveryBoot } from '../../../src/rpc/discovery-contract.ts'
import type { WorkerModule } from '../../../src/rpc/worker-module.ts'

expose<WorkerModule<DiscoveryBoot>>({
  start: () => process.exit(3),
  stop: () => Promise.resolve(),
})
