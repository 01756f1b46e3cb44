import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../../../src/rpc/client-type.ts'
import type { Control } from '../../../src/rpc/contract.ts'
import { supervise } from './supervise.ts'

/** The codes that calls made before a death end with. */
async function codes(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(calls)
  return results.map((result) => (result.status === 'rejected' ? result.reason.code : 'answered'))
}

function waiting(control: Client<Control>): Promise<unknown>[] {
  return [control.getPeer('hang'), control.getPeer('hang')]
}

const DEATHS = [
  { how: 'throw', reason: 'told to throw' },
  { how: 'reject', reason: 'told to reject' },
  { how: 'exit', reason: 'the thread ended with code 5' },
] as const

for (const { how, reason } of DEATHS) {
  test(`a worker that dies by ${how}: pending and later calls end with RPC_CLOSED, reported once`, async (t) => {
    const { supervisor, failures, failure } = supervise(t, './faulty-worker.ts')
    await supervisor.start()
    const pending = waiting(supervisor.control)
    void supervisor.control.getPeer(how).catch(() => undefined)
    assert.deepEqual(await codes(pending), ['RPC_CLOSED', 'RPC_CLOSED'])
    assert.equal((await failure).message, reason)
    assert.equal(supervisor.state, 'failed')
    assert.deepEqual(await codes([supervisor.control.getNodeInfo()]), ['RPC_CLOSED'])
    await supervisor.stop()
    assert.equal(failures.length, 1)
    assert.equal(supervisor.state, 'failed')
  })
}

test('a worker that throws stops its node before it ends', async (t) => {
  const { supervisor, heard, failure } = supervise(t, './faulty-worker.ts')
  await supervisor.start()
  await supervisor.control.getPeer('throw')
  await failure
  await supervisor.stop()
  assert.deepEqual(heard, ['listening 16Uiu2HAmSample', 'pulse 99'])
})

test('a dying worker whose node hangs in its stop ends all the same, soon', async (t) => {
  const { supervisor, failure } = supervise(t, './faulty-worker.ts')
  await supervisor.start()
  await supervisor.control.getPeer('hang in stop')
  await supervisor.control.getPeer('throw')
  await failure
  const began = performance.now()
  await supervisor.stop()
  // The worker gives its stop 3 s, and the supervisor gives the worker 4.
  assert.ok(performance.now() - began < 7_000)
})

test('a worker that closes its control port counts as failed, and is stopped in order', async (t) => {
  const { supervisor, failures, failure } = supervise(t, './port-closing-worker.ts')
  await supervisor.start()
  assert.deepEqual(await codes(waiting(supervisor.control)), ['RPC_CLOSED', 'RPC_CLOSED'])
  assert.equal((await failure).message, 'the worker closed its control port')
  await supervisor.stop()
  assert.equal(failures.length, 1)
})

test('a call to a worker that hangs ends with RPC_TIMEOUT', async (t) => {
  const { supervisor, failures } = supervise(t, './faulty-worker.ts', [], { callMs: 200 })
  await supervisor.start()
  assert.deepEqual(await codes(waiting(supervisor.control)), ['RPC_TIMEOUT', 'RPC_TIMEOUT'])
  assert.equal(supervisor.state, 'running')
  assert.deepEqual(failures, [])
})

test('a stop that the worker does not get to fails in time, and leaves its thread alone', async (t) => {
  const { supervisor, heard } = supervise(t, './faulty-worker.ts', [], { callMs: 200, stopMs: 1_000 })
  await supervisor.start()
  await assert.rejects(supervisor.control.getPeer('spin'), { code: 'RPC_TIMEOUT' })
  await assert.rejects(supervisor.stop(), { message: 'stop of the network worker took longer than 1000 ms' })
  assert.equal(supervisor.state, 'failed')
  assert.deepEqual(heard, ['listening 16Uiu2HAmSample'])
})

test('a worker that hangs is given up as soon as it was silent for long enough, whatever a stop may take', async (t) => {
  const deadlines = { callMs: 200, stopMs: 60_000, silenceMs: 500 }
  const { supervisor, heard } = supervise(t, './faulty-worker.ts', [], deadlines)
  await supervisor.start()
  await assert.rejects(supervisor.control.getPeer('spin'), { code: 'RPC_TIMEOUT' })
  await assert.rejects(supervisor.stop(), { message: 'no sign of life for 500 ms: it hangs' })
  assert.equal(supervisor.state, 'failed')
  assert.deepEqual(heard, ['listening 16Uiu2HAmSample'])
})

test('a worker that hangs in the middle of its stop is given up too', async (t) => {
  const { supervisor } = supervise(t, './faulty-worker.ts', [], { stopMs: 60_000, silenceMs: 500 })
  await supervisor.start()
  await supervisor.control.getPeer('spin in stop')
  await assert.rejects(supervisor.stop(), { message: 'no sign of life for 500 ms: it hangs' })
  assert.equal(supervisor.state, 'failed')
})

test('a worker that runs and hangs is taken for dead, once', async (t) => {
  const deadlines = { callMs: 200, hangMs: 800 }
  const { supervisor, failures, failure } = supervise(t, './faulty-worker.ts', [], deadlines)
  await supervisor.start()
  const pending = codes([supervisor.control.getPeer('spin')])
  assert.equal((await failure).message, 'no sign of life for 800 ms: it hangs')
  assert.deepEqual(await pending, ['RPC_TIMEOUT'])
  assert.equal(supervisor.state, 'failed')
  assert.deepEqual(await codes([supervisor.control.getNodeInfo()]), ['RPC_CLOSED'])
  assert.equal(failures.length, 1)
})

test('a worker that answers is left alone, however long it runs', async (t) => {
  const { supervisor, failures } = supervise(t, './faulty-worker.ts', [], { hangMs: 1_500 })
  await supervisor.start()
  await delay(3_000)
  assert.equal(supervisor.state, 'running')
  assert.deepEqual(failures, [])
})
