import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StallWatch } from '../../../../src/network-worker/peers/stall-watch.ts'

/** A watch whose timer runs when the test says so: a fake clock never runs one late. */
function scene() {
  let nowMs = 5000
  let run = (): void => undefined
  let timers = 0
  const watch = new StallWatch({
    monotonicMs: () => nowMs,
    every: (_periodMs, beat) => {
      run = beat
      timers++
      return { [Symbol.dispose]: () => void timers-- }
    },
  })
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { watch, pass, beat: () => run(), timers: () => timers }
}

test('beats in time, or a little late, are no stall', () => {
  const { watch, pass, beat } = scene()
  watch.start()
  for (const afterMs of [1000, 1001, 2999, 1000]) {
    pass(afterMs)
    assert.equal(watch.isFelt(), false, `${afterMs} ms`)
    beat()
    assert.equal(watch.isFelt(), false, `${afterMs} ms`)
  }
})

test('a stall is felt by timers that run before the late beat, and for 15 s after it', () => {
  const { watch, pass, beat } = scene()
  watch.start()
  pass(120_000)
  assert.equal(watch.isFelt(), true, 'before the beat')
  beat()
  for (let second = 0; second < 15; second++) {
    assert.equal(watch.isFelt(), true, `${second} s after`)
    pass(1000)
    beat()
  }
  assert.equal(watch.isFelt(), false)
})

test('nothing is felt before the start and after the stop, and no timer is left', () => {
  const { watch, pass, timers } = scene()
  pass(10_000)
  assert.equal(watch.isFelt(), false)
  watch.start()
  watch.stop()
  pass(10_000)
  assert.equal(watch.isFelt(), false)
  assert.equal(timers(), 0)
})
