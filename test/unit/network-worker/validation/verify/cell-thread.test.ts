import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CellThread } from '../../../../../src/network-worker/validation/verify/cell-thread.ts'
import type { CellColumn } from '../../../../../src/validation-pool/job-table.ts'
import { ManualPool } from './manual-pool.ts'

function column(index: number, blobs = 1): CellColumn {
  const points = new Uint8Array(48 * blobs)
  return { index, commitments: points, cells: new Uint8Array(2048 * blobs), proofs: points }
}

function lastColumns(pool: ManualPool): readonly number[] {
  const input = pool.jobs.at(-1)?.input
  return input !== undefined && 'columns' in input ? input.columns.map(({ index }) => index) : []
}

const all = (count: number) => ({ ok: true, output: new Uint8Array(count).fill(1) }) as const

test('not ready until the trusted setup is loaded, once', async () => {
  const pool = new ManualPool()
  const thread = new CellThread(pool)
  assert.equal(thread.isReady, false)
  const loads = [thread.load(), thread.load()]
  assert.equal(pool.jobs.length, 1)
  await pool.finish({ ok: false, reason: 'failed' })
  assert.deepEqual(await Promise.all(loads), [false, false])
  const again = thread.load()
  await pool.finish(all(0))
  assert.equal(await again, true)
  assert.equal(thread.isReady, true)
  assert.equal(pool.jobs.length, 2)
})

test('columns that come while a job runs go in one batch of so many cells', async () => {
  const pool = new ManualPool()
  const thread = new CellThread(pool)
  const answers = [column(0), ...Array.from({ length: 8 }, (_, i) => column(i + 1, 20))].map((one) =>
    thread.verifyColumn(one, 'peer'),
  )
  assert.deepEqual(lastColumns(pool), [0])
  await pool.finish(all(1))
  assert.deepEqual(lastColumns(pool), [1, 2, 3, 4, 5, 6])
  await pool.finish({ ok: true, output: Uint8Array.of(1, 1, 0, 1, 1, 1) })
  assert.deepEqual(lastColumns(pool), [7, 8])
  await pool.finish({ ok: false, reason: 'failed' })
  const expected = [true, true, true, false, true, true, true, 'failed', 'failed']
  assert.deepEqual(await Promise.all(answers), expected)
})

test('a column of more cells than a batch has goes by itself', async () => {
  const pool = new ManualPool()
  const thread = new CellThread(pool)
  for (const one of [column(0), column(1, 200), column(2)]) void thread.verifyColumn(one, 'peer')
  await pool.finish(all(1))
  assert.deepEqual(lastColumns(pool), [1])
  await pool.finish(all(1))
  assert.deepEqual(lastColumns(pool), [2])
})

test('a thread that failed has to load the trusted setup again', async () => {
  const pool = new ManualPool()
  const thread = new CellThread(pool)
  void thread.load()
  await pool.finish(all(0))
  void thread.verifyColumn(column(1), 'peer')
  await pool.finish({ ok: false, reason: 'failed' })
  assert.equal(thread.isReady, false)
  void thread.load()
  await pool.finish(all(0))
  assert.equal(thread.isReady, true)
})

test('blobs are verified one at a time', async () => {
  const pool = new ManualPool()
  const thread = new CellThread(pool)
  const blob = { blob: new Uint8Array(131_072), commitment: new Uint8Array(48), proof: new Uint8Array(48) }
  const answers = [1, 2, 3].map(() => thread.verifyBlob(blob, 'peer'))
  const jobs: number[] = []
  for (const result of [
    { ok: true, output: true },
    { ok: true, output: false },
  ] as const) {
    await Promise.resolve()
    jobs.push(pool.jobs.length)
    await pool.finish(result)
  }
  await pool.finish({ ok: false, reason: 'failed' })
  assert.deepEqual(jobs, [1, 2])
  assert.deepEqual(await Promise.all(answers), [true, false, 'failed'])
})

test('queues are bounded', async () => {
  const thread = new CellThread(new ManualPool())
  for (let i = 0; i < 257; i++) void thread.verifyColumn(column(i % 128), 'peer')
  assert.equal(await thread.verifyColumn(column(0), 'peer'), 'queue_full')
  const bytes = new Uint8Array(48)
  const blob = { blob: new Uint8Array(131_072), commitment: bytes, proof: bytes }
  for (let i = 0; i < 33; i++) void thread.verifyBlob(blob, 'peer')
  assert.equal(await thread.verifyBlob(blob, 'peer'), 'queue_full')
})

test('an honest blob waits for one of each forger, not for all of one, and finds room among his', async () => {
  const pool = new ManualPool()
  const thread = new CellThread(pool)
  const blobOf = (byte: number) => ({
    blob: new Uint8Array(131_072).fill(byte),
    commitment: new Uint8Array(48),
    proof: new Uint8Array(48),
  })
  const forged = Array.from({ length: 40 }, (_, i) => thread.verifyBlob(blobOf(0), `forger ${i % 2}`))
  const honest = thread.verifyBlob(blobOf(1), 'honest')
  let jobs = 0
  const answer = honest.then((given) => ({ given, jobs }))
  for (; jobs < 6; jobs++) {
    const input = pool.jobs.at(-1)?.input
    const isHonest = input !== undefined && 'blob' in input && input.blob[0] === 1
    await pool.finish({ ok: true, output: isHonest })
  }
  assert.deepEqual(await answer, { given: true, jobs: 3 })
  assert.ok((await Promise.all(forged.slice(34))).includes('queue_full'))
})
