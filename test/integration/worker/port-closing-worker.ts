/** A worker that starts well and closes its control port at the first call. */
import { expose } from '@chainsafe/threads/worker'
import type { WorkerModule, WorkerPorts } from '../../../src/rpc/worker-module.ts'

expose<WorkerModule<WorkerPorts>>({
  start: async ({ control }) => {
    control.once('message', () => control.close())
  },
  stop: async () => {},
})
