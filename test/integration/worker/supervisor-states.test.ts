import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILED_SPAWN, supervise } from './supervise.ts'

/** A long time for a stop, and a silence that is shorter than the slow one. */
const PATIENT = { stopMs: 7_500, silenceMs: 1_200 }

test('idle, running, stopped: calls are refused before, answered during and refused after', async (t) => {
  const { supervisor, heard, failures } = supervise(t, './faulty-worker.ts')
  assert.equal(supervisor.state, 'idle')
  await assert.rejects(supervisor.control.getNodeInfo(), { code: 'NOT_READY' })
  const starting = supervisor.start()
  assert.equal(supervisor.state, 'starting')
  await assert.rejects(supervisor.control.getNodeInfo(), { code: 'NOT_READY' })
  await starting
  assert.equal(supervisor.state, 'running')
  assert.equal((await supervisor.control.getNodeInfo()).peer_id, '16Uiu2HAmSample')
  const stopping = supervisor.stop()
  assert.equal(supervisor.state, 'stopping')
  await assert.rejects(supervisor.control.getNodeInfo(), { code: 'RPC_CLOSED' })
  await stopping
  assert.equal(supervisor.state, 'stopped')
  assert.deepEqual(heard, ['listening 16Uiu2HAmSample', 'pulse 99'])
  assert.deepEqual(failures, [])
})

test('an error of the node keeps its code across the thread', async (t) => {
  const { supervisor } = supervise(t, './faulty-worker.ts')
  await supervisor.start()
  await assert.rejects(supervisor.control.getPeer('16Uiu2'), { code: 'PEER_NOT_FOUND', details: { peer_id: '16Uiu2' } })
})

test('starts once, and stops once however often it is asked', async (t) => {
  const { supervisor, heard } = supervise(t, './faulty-worker.ts')
  await supervisor.start()
  await assert.rejects(supervisor.start(), { message: 'start of a worker that is running' })
  await Promise.all([supervisor.stop(), supervisor.stop()])
  assert.deepEqual(heard.filter((name) => name === 'pulse 99').length, 1)
})

test('stop of a worker that never started', async (t) => {
  const { supervisor } = supervise(t, './faulty-worker.ts')
  await supervisor.stop()
  assert.equal(supervisor.state, 'stopped')
  await assert.rejects(supervisor.start(), { message: 'start of a worker that is stopped' })
})

test('stop while the thread is still loading ends it before its node starts', async (t) => {
  const { supervisor, heard } = supervise(t, './faulty-worker.ts', [], FAILED_SPAWN)
  const started = assert.rejects(supervisor.start(), { message: 'the worker was stopped while it started' })
  await supervisor.stop()
  await started
  assert.equal(supervisor.state, 'stopped')
  assert.deepEqual(heard, [])
})

test('stop while the node is starting for ever gives up in time', async (t) => {
  const { supervisor, listening } = supervise(t, './faulty-worker.ts', ['hang'], { stopMs: 1_000 })
  const started = assert.rejects(supervisor.start())
  await listening
  await assert.rejects(supervisor.stop(), { message: 'stop of the network worker took longer than 1000 ms' })
  assert.equal(supervisor.state, 'failed')
  await started
})

test('a start during which the thread hangs fails in time', async (t) => {
  const { supervisor, failures, heard } = supervise(t, './faulty-worker.ts', ['spin'], { startMs: 500 })
  await assert.rejects(supervisor.start(), { message: 'start of the network worker took longer than 500 ms' })
  assert.equal(supervisor.state, 'failed')
  assert.deepEqual([failures, heard], [[], []], 'the caller of start knows already')
  await assert.rejects(supervisor.control.getNodeInfo(), { code: 'RPC_CLOSED' })
})

for (const [scenario, message] of [
  ['fail', 'address in use'],
  ['throw elsewhere', 'broke while starting'],
] as const) {
  test(`a start that ends in "${message}" rejects with that, and the thread can still be stopped`, async (t) => {
    const { supervisor, failures } = supervise(t, './faulty-worker.ts', [scenario])
    await assert.rejects(supervisor.start(), { message })
    assert.equal(supervisor.state, 'failed')
    await assert.rejects(supervisor.control.getNodeInfo(), { code: 'RPC_CLOSED' })
    await supervisor.stop()
    assert.deepEqual(failures, [], 'the caller of start knows already')
  })
}

test('a worker file that cannot be loaded fails the start with its error', async (t) => {
  const { supervisor } = supervise(t, './unloadable-worker.ts', [], FAILED_SPAWN)
  await assert.rejects(supervisor.start(), { message: 'native module missing' })
  assert.equal(supervisor.state, 'failed')
  await supervisor.stop()
})

test('a worker file that is not there fails the start', async (t) => {
  const { supervisor } = supervise(t, './no-such-worker.ts', [], FAILED_SPAWN)
  await assert.rejects(supervisor.start(), /Cannot find module/)
  await supervisor.stop()
})

test('a stop that takes longer than the silence allowed is waited for, since its worker gives signs of life', async (t) => {
  const { supervisor, heard } = supervise(t, './faulty-worker.ts', [], PATIENT)
  await supervisor.start()
  await supervisor.control.getPeer('stop slowly')
  await supervisor.stop()
  assert.equal(supervisor.state, 'stopped')
  assert.equal(heard.at(-1), 'pulse 99', 'what it tells at its end is heard')
})
