import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Part, startAll, stopAll, withDeadline } from '../../../src/shared/lifecycle.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function part(name: string, calls: string[], steps: Partial<Part> = {}): Part {
  return {
    name,
    deadlineMs: 100,
    start: () => void calls.push(`+${name}`),
    stop: () => void calls.push(`-${name}`),
    ...steps,
  }
}

const hang = (): Promise<void> => new Promise(() => {})
const fail = (): never => {
  throw new Error('no')
}

test('starts in order and stops in reverse', async () => {
  const calls: string[] = []
  const parts = ['a', 'b', 'c'].map((name) => part(name, calls))
  await startAll(parts)
  assert.deepEqual(await stopAll(parts), [])
  assert.deepEqual(calls, ['+a', '+b', '+c', '-c', '-b', '-a'])
})

test('a start that fails stops what was started before it and is thrown', async () => {
  const calls: string[] = []
  const parts = [part('a', calls), part('b', calls), part('c', calls, { start: fail }), part('d', calls)]
  await assert.rejects(startAll(parts), { message: 'no' })
  assert.deepEqual(calls, ['+a', '+b', '-b', '-a'])
})

test('stop goes on past a throw, a rejection and a deadline, and names each', async () => {
  const calls: string[] = []
  const clock = new FakeClock()
  const parts = [
    part('a', calls),
    part('throws', calls, { stop: fail }),
    part('rejects', calls, { stop: async () => fail() }),
    part('hangs', calls, { stop: hang }),
  ]
  const stopped = stopAll(parts, clock)
  clock.advance(100)
  const failures = await stopped
  assert.deepEqual(
    failures.map(({ name, error }) => [name, error.message]),
    [
      ['hangs', 'stop of hangs took longer than 100 ms'],
      ['rejects', 'no'],
      ['throws', 'no'],
    ],
  )
  assert.deepEqual(calls, ['-a'])
  assert.equal(clock.pending, 0)
})

test('a start that takes too long is a failure', async () => {
  const clock = new FakeClock()
  const started = startAll([part('slow', [], { start: hang })], clock)
  clock.advance(100)
  await assert.rejects(started, { message: 'start of slow took longer than 100 ms' })
})

test('withDeadline settles as the work does and leaves no timer', async () => {
  const clock = new FakeClock()
  assert.equal(await withDeadline(Promise.resolve(7), 50, 'work', clock), 7)
  await assert.rejects(withDeadline(Promise.reject(new Error('own')), 50, 'work', clock), { message: 'own' })
  assert.equal(clock.pending, 0)
})
