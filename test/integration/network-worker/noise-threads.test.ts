import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'

/** This thread loads none of them, so that the last one that ends has the libraries unloaded, as a worker's end does. */
test('threads load the ciphers side by side and again, and end orderly or in the middle of it', async () => {
  for (let round = 0; round < 3; round++) {
    const threads = [1, 2, 3].map(() => new Worker(new URL('./sealing-thread.ts', import.meta.url)))
    const endings = threads.map((thread) => once(thread, 'exit'))
    const names = await Promise.all(threads.map((thread) => once(thread, 'message')))
    assert.deepEqual(names.flat(), Array(3).fill('libsodium, OpenSSL'))
    for (const [at, thread] of threads.entries()) {
      if (at === 0) thread.postMessage('that is enough')
      else void thread.terminate()
    }
    const codes = (await Promise.all(endings)).flat()
    assert.equal(codes[0], 0)
  }
})
