import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ReadGate } from '../../../src/api/read-gate.ts'
import { FakeClock } from '../../support/fake-clock.ts'

interface Call {
  readonly name: string
  answer(): void
  fail(): void
}

/** A gate, and the calls that it let through; each waits until the test ends it. */
function scene() {
  const clock = new FakeClock()
  const gate = new ReadGate(clock)
  const made: Call[] = []
  const pass = (name: string): Promise<string> =>
    gate.pass(() => {
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      made.push({ name, answer: () => resolve(name), fail: () => reject(new Error(name)) })
      return promise
    })
  const names = (): readonly string[] => made.map(({ name }) => name)
  return { clock, made, pass, names }
}

test('one call at a time, in the order in which they were asked for', async () => {
  const { made, pass, names } = scene()
  const calls = ['a', 'b', 'c'].map(pass)
  assert.deepEqual(names(), ['a'])
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    made[index]?.answer()
    assert.equal(await calls[index], name)
    await turn()
    assert.deepEqual(names(), ['a', 'b', 'c'].slice(0, index + 2))
  }
})

test('a call that fails, or throws at once, lets the next one through', async () => {
  const { made, pass, names } = scene()
  const failing = pass('a')
  const next = pass('b')
  made[0]?.fail()
  await assert.rejects(failing, { message: 'a' })
  await turn()
  assert.deepEqual(names(), ['a', 'b'])
  made[1]?.answer()
  assert.equal(await next, 'b')
  const thrown = new ReadGate(new FakeClock())
  const broken = (): Promise<string> => {
    throw new Error('at once')
  }
  await assert.rejects(thrown.pass(broken), { message: 'at once' })
  assert.equal(await thrown.pass(async () => 'next'), 'next')
})

test('a call without an answer holds the others back for 100 ms, and its late answer lets nobody else through', async () => {
  const { clock, made, pass, names } = scene()
  const late = pass('late')
  void pass('b')
  void pass('c')
  clock.advance(99)
  await turn()
  assert.deepEqual(names(), ['late'])
  clock.advance(1)
  await turn()
  assert.deepEqual(names(), ['late', 'b'])
  made[0]?.answer()
  assert.equal(await late, 'late')
  await turn()
  assert.deepEqual(names(), ['late', 'b'])
  clock.advance(100)
  await turn()
  assert.deepEqual(names(), ['late', 'b', 'c'])
})

test('1,024 wait; one more is refused, and the gate goes on', async () => {
  const { made, pass, names } = scene()
  const calls = Array.from({ length: 1_025 }, (_, index) => pass(`read ${index}`))
  await assert.rejects(pass('over'), { code: 'NOT_READY' })
  for (let index = 0; index < calls.length; index++) {
    made[index]?.answer()
    await calls[index]
    await turn()
  }
  assert.equal(names().length, 1_025)
})

test('nothing is left behind', async () => {
  const { clock, made, pass } = scene()
  const call = pass('a')
  made[0]?.answer()
  await call
  assert.equal(clock.pending, 0)
})
