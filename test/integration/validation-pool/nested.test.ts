import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Fault } from './pool-scene.ts'

const CASES: readonly { readonly faults: readonly Fault[]; readonly results: readonly string[] }[] = [
  { faults: ['none', 'throw', 'none'], results: ['ok', 'failed', 'ok'] },
  { faults: ['none', 'uncaught', 'none'], results: ['ok', 'failed', 'failed'] },
  { faults: ['exit'], results: ['failed'] },
]

for (const { faults, results } of CASES) {
  test(`on a worker thread: ${faults.join(', ')}; its owner hears of nothing, and ends by itself`, async () => {
    const owner = new Worker(new URL('./pool-owner.ts', import.meta.url), { workerData: faults })
    const exited = once(owner, 'exit')
    const [told] = await once(owner, 'message')
    assert.deepEqual(told, { results, uncaught: [] })
    assert.deepEqual(await exited, [0])
  })
}
