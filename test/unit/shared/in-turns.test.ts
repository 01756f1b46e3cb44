import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InTurns } from '../../../src/shared/in-turns.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** Steps of 1 ms each, so many of them, and turns in the test's hands. */
function scene(steps: number, turnMs: number) {
  const clock = new FakeClock()
  const waiting: (() => void)[] = []
  const turns = new InTurns({ clock, turnMs, nextTurn: (run) => waiting.push(run) })
  let taken = 0
  const step = (): boolean => {
    if (taken === steps) return false
    taken++
    clock.advance(1)
    return true
  }
  return { turns, step, waiting, taken: () => taken }
}

test('steps are taken until the turn has had its share, and go on in the next', () => {
  const { turns, step, waiting, taken } = scene(7, 3)
  turns.run(step)
  assert.equal(taken(), 3)
  waiting.shift()?.()
  assert.equal(taken(), 6)
  waiting.shift()?.()
  assert.equal(taken(), 7)
  assert.equal(waiting.length, 0)
})

test('a step longer than the share is the only one of its turn', () => {
  const { turns, step, waiting, taken } = scene(2, 0)
  turns.run(step)
  assert.equal(taken(), 1)
  assert.equal(waiting.length, 1)
})

test('what is asked for while steps are taken is left to them', () => {
  const { turns, step, waiting } = scene(5, 1)
  turns.run(step)
  turns.run(() => assert.fail('taken beside the others'))
  while (waiting.length > 0) waiting.shift()?.()
  let isTaken = false
  turns.run(() => {
    isTaken = true
    return false
  })
  assert.ok(isTaken)
})

test('a step that throws ends its run, and the next run begins anew', () => {
  const { turns, step, taken } = scene(2, 5)
  assert.throws(() =>
    turns.run(() => {
      throw new Error('no')
    }),
  )
  turns.run(step)
  assert.equal(taken(), 2)
})
