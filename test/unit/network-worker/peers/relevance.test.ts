import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { irrelevance } from '../../../../src/network-worker/peers/relevance.ts'
import type { Status } from '../../../../src/network-worker/reqresp/types.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { statusOf } from '../chain/status-of.ts'
import { smallNetwork } from '../small-network.ts'

const BOUNDARY = 10
const NETWORK = smallNetwork({ blobSchedule: [{ epoch: BOUNDARY, maxBlobsPerBlock: 12 }] })
const SCHEDULE = createForkSchedule(NETWORK)
const OLD = SCHEDULE.at(0).digestHex
const NEW = SCHEDULE.at(BOUNDARY).digestHex

function judgedAt(slot: number, status: Status): string | undefined {
  const clock = new FakeClock(NETWORK.genesisTimeSeconds * 1000 + slot * NETWORK.slotDurationMs)
  return irrelevance(status, SCHEDULE, createSlotClock(NETWORK, clock))
}

function inEpoch(epoch: number, forkDigestHex: string): string | undefined {
  return judgedAt(epoch * NETWORK.slotsPerEpoch, statusOf(1, 8, { forkDigestHex }))
}

test('a peer under our digest is of our network', () => {
  assert.equal(inEpoch(3, OLD), undefined)
  assert.equal(inEpoch(20, NEW), undefined)
})

test('a digest of no epoch of ours is another network', () => {
  assert.equal(inEpoch(3, 'deadbeef'), 'other_digest')
})

test('both digests are fine one epoch around their boundary, and no longer', () => {
  assert.deepEqual(
    [BOUNDARY - 2, BOUNDARY - 1, BOUNDARY, BOUNDARY + 1].map((epoch) => inEpoch(epoch, NEW)),
    ['other_digest', undefined, undefined, undefined],
  )
  assert.deepEqual(
    [BOUNDARY - 1, BOUNDARY, BOUNDARY + 1, BOUNDARY + 2].map((epoch) => inEpoch(epoch, OLD)),
    [undefined, undefined, 'other_digest', 'other_digest'],
  )
})

test('a head may be one slot ahead of our clock, not two', () => {
  const own = (headSlot: number): Status => statusOf(1, headSlot, { forkDigestHex: OLD })
  assert.equal(judgedAt(30, own(31)), undefined)
  assert.equal(judgedAt(30, own(32)), 'head_in_future')
})

test('before genesis a peer of the first digest with the genesis head is of our network', () => {
  assert.equal(judgedAt(-500, statusOf(0, 0, { forkDigestHex: OLD })), undefined)
})
