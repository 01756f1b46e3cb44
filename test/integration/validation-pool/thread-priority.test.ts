import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { NICENESS_BEHIND } from '../../../src/shared/thread-niceness.ts'
import { niceness } from '../../support/niceness.ts'
import { openPool } from './pool-scene.ts'

const LEAST_URGENT = 19
const skip = process.platform === 'linux' ? false : 'threads have no priority of their own here'

/** Threads of this process that have gone behind it. */
function threadsBehind(): number {
  const behind = Math.min(getPriority() + NICENESS_BEHIND, LEAST_URGENT)
  return readdirSync('/proc/self/task').filter((thread) => niceness(process.pid, thread) === behind).length
}

test('a thread that verifies proofs goes behind once it has loaded what it needs, and no further', {
  skip,
}, async (t) => {
  const { pool } = openPool(t, { niceness: 0 })
  await pool.run('block-facts', { fork: 'fulu', data: new Uint8Array(0), maxSszBytes: 1 })
  const before = threadsBehind()
  for (let n = 0; n < 2; n++) {
    assert.ok((await pool.run('verify-cells', { columns: [] })).ok)
    assert.equal(threadsBehind(), before + 1)
  }
})
