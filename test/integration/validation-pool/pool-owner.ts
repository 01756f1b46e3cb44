/** A worker thread that owns a pool, as the network worker does: runs the faults it is given, and tells what it heard. */
import { parentPort, workerData } from 'node:worker_threads'
import pino from 'pino'
import { systemClock } from '../../../src/shared/clock.ts'
import { PoolClient } from '../../../src/validation-pool/client.ts'
import { FAULTS, FAULTY_WORKER, type Fault } from './pool-scene.ts'

const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(error.message))
process.on('unhandledRejection', (reason) => uncaught.push(String(reason)))

const pool = new PoolClient({
  preset: 'mainnet',
  clock: systemClock,
  log: pino({ level: 'silent' }),
  worker: FAULTY_WORKER,
})
const results: string[] = []
for (const fault of workerData as Fault[]) {
  const data = new Uint8Array(Buffer.from(FAULTS[fault]))
  const result = await pool.run('block-facts', { fork: 'fulu', data, maxSszBytes: 1 })
  results.push(result.ok ? 'ok' : result.reason)
}
void pool.run('block-facts', { fork: 'fulu', data: new Uint8Array(Buffer.from(FAULTS.busy)), maxSszBytes: 1 })
await pool.stop()
await new Promise((resolve) => setTimeout(resolve, 50)) // room for what would come late
parentPort?.postMessage({ results, uncaught })
