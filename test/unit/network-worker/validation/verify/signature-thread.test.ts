import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignatureThread } from '../../../../../src/network-worker/validation/verify/signature-thread.ts'
import type { VerifyBlockInput } from '../../../../../src/validation-pool/job-table.ts'
import { SET_BYTES, type SignatureBytes } from '../../../../../src/validation-pool/signature-sets.ts'
import { ManualPool } from './manual-pool.ts'

function set(byte: number): SignatureBytes {
  return {
    pubkey: new Uint8Array(48).fill(byte),
    signingRoot: new Uint8Array(32).fill(byte),
    signature: new Uint8Array(96).fill(byte),
  }
}

function block(): VerifyBlockInput {
  const bytes = new Uint8Array(32)
  return { fork: 'fulu', ssz: new Uint8Array(200), pubkey: bytes, domain: bytes, signedRoot: undefined }
}

/** What the last job is of: `block`, or the first byte of each of its sets. */
function lastJob(pool: ManualPool): 'block' | readonly number[] {
  const input = pool.jobs.at(-1)?.input
  if (input === undefined || !('sets' in input)) return 'block'
  return Array.from({ length: input.sets.length / SET_BYTES }, (_, index) => input.sets[index * SET_BYTES] ?? -1)
}

const all = (count: number) => ({ ok: true, output: new Uint8Array(count).fill(1) }) as const

test('what comes while a job runs goes in one batch, headers and blocks first', async () => {
  const pool = new ManualPool()
  const thread = new SignatureThread(pool)
  const answers: unknown[] = []
  const ask = (byte: number, isUrgent: boolean) =>
    void thread.verify(set(byte), isUrgent, 'peer').then((a) => answers.push(a))
  ask(1, false)
  assert.deepEqual(lastJob(pool), [1], 'at once')
  for (let byte = 2; byte < 20; byte++) ask(byte, false)
  ask(100, true)
  ask(101, true)
  const verified = thread.verifyBlock(block(), 'peer')
  ask(102, true)
  assert.equal(pool.jobs.length, 1, 'one at a time')
  await pool.finish(all(1))
  assert.deepEqual(lastJob(pool), [100, 101])
  await pool.finish(all(2))
  assert.equal(lastJob(pool), 'block')
  await pool.finish({ ok: true, output: { root: '0x', answer: true } })
  assert.deepEqual(await verified, { root: '0x', answer: true })
  assert.deepEqual(lastJob(pool), [102])
  await pool.finish(all(1))
  assert.equal(lastJob(pool).length, 16)
  await pool.finish(all(16))
  assert.deepEqual(lastJob(pool), [18, 19])
  await pool.finish({ ok: true, output: Uint8Array.of(0, 2) })
  assert.deepEqual(answers.slice(-2), [false, 'bad_key'])
  assert.equal(answers.length, 22)
})

test('a job that failed leaves its sets without an answer, and the next ones are verified', async () => {
  const pool = new ManualPool()
  const thread = new SignatureThread(pool)
  const [first, second] = [thread.verify(set(1), true, 'peer'), thread.verify(set(2), false, 'peer')]
  await pool.finish({ ok: false, reason: 'failed' })
  assert.equal(await first, 'failed')
  await pool.finish(all(1))
  assert.equal(await second, true)
})

test('queues are bounded, each for itself', async () => {
  const pool = new ManualPool()
  const thread = new SignatureThread(pool)
  void thread.verify(set(0), false, 'peer')
  for (let i = 0; i < 1024; i++) void thread.verify(set(1), false, 'peer')
  assert.equal(await thread.verify(set(1), false, 'peer'), 'queue_full')
  for (let i = 0; i < 64; i++)
    void (i % 2 === 0 ? thread.verify(set(2), true, 'peer') : thread.verifyBlock(block(), 'peer'))
  assert.equal(await thread.verify(set(2), true, 'peer'), 'queue_full')
  assert.equal(await thread.verifyBlock(block(), 'peer'), 'queue_full')
})

test('an honest block waits for one of each forger, not for all of one, and finds room among his', async () => {
  const pool = new ManualPool()
  const thread = new SignatureThread(pool)
  const forged = Array.from({ length: 200 }, (_, i) => thread.verifyBlock(block(), `forger ${i % 2}`))
  const honest = thread.verifyBlock(block(), 'honest')
  let jobs = 0
  const answer = honest.then((given) => ({ given, jobs }))
  for (; jobs < 6; jobs++) await pool.finish({ ok: true, output: { root: '0x', answer: true } })
  assert.deepEqual(await answer, { given: { root: '0x', answer: true }, jobs: 3 })
  assert.ok((await Promise.all(forged.slice(100))).includes('queue_full'))
})

test('forged blocks of two megabytes do not fill the memory', async () => {
  const thread = new SignatureThread(new ManualPool())
  const large = (): VerifyBlockInput => ({ ...block(), ssz: new Uint8Array(2 * 1024 * 1024) })
  const answers = Array.from({ length: 10 }, () => thread.verifyBlock(large(), 'forger'))
  assert.equal(await answers.at(-1), 'queue_full')
})
