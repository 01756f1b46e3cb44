import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClockDoubt } from '../../../../src/network-worker/chain/clock-doubt.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

function scene() {
  const clock = new FakeClock()
  const doubt = new ClockDoubt(clock)
  const blamed: string[] = []
  const ahead = (...peers: readonly string[]): void => {
    for (const peerId of peers) doubt.ahead(peerId, (guilty) => void blamed.push(guilty))
  }
  return { clock, doubt, blamed, ahead }
}

test('who is ahead alone is blamed for each message, a second later', () => {
  const { clock, doubt, blamed, ahead } = scene()
  ahead('a', 'a', 'b')
  for (const peerId of ['c', 'd', 'e']) doubt.inTime(peerId)
  assert.deepEqual(blamed, [])
  clock.advance(1000)
  assert.deepEqual(blamed, ['a', 'a', 'b'])
  assert.equal(clock.pending, 0)
})

test('when most are ahead nobody is blamed, until they are in time again', () => {
  const { clock, doubt, blamed, ahead } = scene()
  ahead('a')
  doubt.inTime('e')
  doubt.inTime('f')
  ahead('b', 'c', 'd')
  assert.equal(doubt.isFelt(), true)
  clock.advance(1000)
  assert.deepEqual(blamed, [])
  for (const peerId of ['a', 'b', 'c']) doubt.inTime(peerId)
  assert.equal(doubt.isFelt(), false)
  ahead('d')
  clock.advance(1000)
  assert.deepEqual(blamed, ['d'])
})

test('what was said half a minute ago counts no more, and nobody is remembered without one who is ahead', () => {
  const { clock, doubt, ahead } = scene()
  doubt.inTime('x')
  assert.equal(doubt.isAwake, false)
  ahead('a', 'b', 'c', 'd')
  doubt.inTime('x')
  clock.advance(30_000)
  assert.equal(doubt.isFelt(), false)
  assert.equal(doubt.isAwake, false)
})

test('half a minute after somebody was ahead alone nobody is noted any more, whoever speaks', () => {
  const { clock, doubt, ahead } = scene()
  ahead('a')
  for (let second = 0; second < 30; second++) {
    assert.equal(doubt.isAwake, true)
    doubt.inTime(`peer ${second}`)
    clock.advance(1000)
  }
  doubt.inTime('late')
  assert.equal(doubt.isAwake, false)
})
