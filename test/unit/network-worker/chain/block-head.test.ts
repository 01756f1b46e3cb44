import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { BlockHead } from '../../../../src/network-worker/chain/block-head.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'

const NETWORK = smallNetwork()

function headAt(slot: number): BlockHead {
  const clock = new FakeClock(NETWORK.genesisTimeSeconds * 1000 + slot * NETWORK.slotDurationMs)
  return new BlockHead(createSlotClock(NETWORK, clock))
}

test('the newest slot counts, not the latest message', () => {
  const head = headAt(30)
  for (const slot of [27, 29, 28]) head.onBlock(slot)
  assert.equal(head.newestSlot, 29)
  assert.equal(head.syncDistance(), 1)
})

test('without a block the distance counts from genesis', () => {
  assert.equal(headAt(30).syncDistance(), 30)
})

test('neither a block ahead of our clock nor a time before genesis makes the distance negative', () => {
  const head = headAt(30)
  head.onBlock(31)
  assert.equal(head.syncDistance(), 0)
  assert.equal(headAt(-5).syncDistance(), 0)
})

test('a block of a far slot is not the head, so that silence after it shows', () => {
  const head = headAt(30)
  head.onBlock(29)
  head.onBlock(32)
  assert.equal(head.newestSlot, 29)
})
