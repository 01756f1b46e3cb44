import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedSilence } from '../../../../src/network-worker/peers/shared-silence.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

test('silence is shared when more than half fell silent in half a minute, and at least four', () => {
  const clock = new FakeClock()
  const silence = new SharedSilence({ clock, connectedPeers: () => 8 })
  const shared = ['a', 'b', 'c', 'd', 'd', 'e', 'a'].map((peerId) => silence.isShared(peerId))
  assert.deepEqual(shared, [false, false, false, false, false, true, true])
  clock.advance(30_000)
  assert.equal(silence.isShared('f'), false)
})

test('three peers that are all there are say nothing of our line', () => {
  const silence = new SharedSilence({ clock: new FakeClock(), connectedPeers: () => 3 })
  assert.deepEqual(
    ['a', 'b', 'c'].map((peerId) => silence.isShared(peerId)),
    [false, false, false],
  )
})
