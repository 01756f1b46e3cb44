import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAULTY_WORKER, openPool } from './pool-scene.ts'

const PAUSE_MS = 1_000

test('a job that throws fails alone; the log says so once a minute', async (t) => {
  const { clock, log, tell } = openPool(t, { worker: FAULTY_WORKER })
  assert.equal(await tell('throw'), 'failed')
  assert.equal(await tell('throw'), 'failed')
  assert.equal(await tell('none'), 'ok')
  assert.equal(await tell('throw'), 'failed')
  assert.deepEqual(
    log.map(({ unlogged }) => unlogged),
    [0],
  )
  clock.advance(60_000)
  assert.equal(await tell('throw'), 'failed')
  assert.deepEqual(
    log.map(({ unlogged }) => unlogged),
    [0, 2],
  )
})

for (const fault of ['exit', 'uncaught', 'memory'] as const) {
  test(`a thread that dies (${fault}) takes its jobs with it; the next one starts after a pause`, async (t) => {
    const { clock, log, tell } = openPool(t, { worker: FAULTY_WORKER })
    assert.equal(await tell('none'), 'ok')
    assert.deepEqual(await Promise.all([tell(fault), tell('none')]), ['failed', 'failed'])
    assert.equal(await tell('none'), 'failed')
    clock.advance(PAUSE_MS)
    assert.equal(await tell('none'), 'ok')
    assert.equal(log.length, 1)
  })
}

test('the pause grows while threads die, up to a minute, and is short again after a job was done', async (t) => {
  const { clock, tell } = openPool(t, { worker: FAULTY_WORKER })
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    assert.equal(await tell('exit'), 'failed')
    clock.advance(pauseMs - 1)
    assert.equal(await tell('none'), 'failed', `${pauseMs} ms`)
    clock.advance(1)
  }
  assert.equal(await tell('none'), 'ok')
  assert.equal(await tell('exit'), 'failed')
  clock.advance(PAUSE_MS)
  assert.equal(await tell('none'), 'ok')
})

test('a worker that cannot be loaded fails its jobs, those that wait too, and is tried again', async (t) => {
  const { clock, log, tell } = openPool(t, { worker: new URL('./no-such-worker.ts', import.meta.url) })
  assert.deepEqual(await Promise.all([tell('none'), tell('none'), tell('none')]), ['failed', 'failed', 'failed'])
  clock.advance(PAUSE_MS)
  assert.equal(await tell('none'), 'failed')
  assert.ok(log.length >= 1)
})

test('a stop in the middle of a job ends the thread; the job is stopped, not failed', async (t) => {
  const { pool, log, tell } = openPool(t, { worker: FAULTY_WORKER })
  assert.equal(await tell('none'), 'ok')
  const jobs = [tell('busy'), tell('none')]
  const began = performance.now()
  await pool.stop()
  await pool.stop()
  assert.deepEqual(await Promise.all(jobs), ['stopped', 'stopped'])
  assert.ok(performance.now() - began < 2_000)
  assert.equal(await tell('none'), 'stopped')
  assert.deepEqual(log, [])
})

test('a stop before the thread is there, and one without any job', async (t) => {
  const { pool, tell } = openPool(t, { worker: FAULTY_WORKER })
  const job = tell('none')
  const stopped = pool.stop()
  assert.equal(pool.stop(), stopped, 'the second waits for the thread as well')
  await stopped
  assert.equal(await job, 'stopped')
  await openPool(t).pool.stop()
})
