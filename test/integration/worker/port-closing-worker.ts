/** A worker that starts well and closes its control port at the first call. */
import { expose } from '@chainsafe/threads/worker'
import type { WorkerModule } from '../../../src/rpc/worker-module.ts'

expose<WorkerModule<unknown>>({
  start: async ({ control }) => {
    control.once('message', () => control.close())
  },
  stop: async () => {},
})
