import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../../../src/consensus/networks.ts'
import { forkRelevance } from '../../../../src/network-worker/discovery/fork-relevance.ts'
import { recordOf } from './record-of.ts'

const schedule = createForkSchedule(networkByName('mainnet'))
/** Digests of mainnet around BPO2, which starts here (reference/p2p.md A1.2). */
const BPO2_EPOCH = 419_072
const FULU = 'cc2c5cdb'
const BPO1 = 'cb0d1acc'
const BPO2 = '8c9f62fe'
const HOODI_BPO2 = 'c6ecb76c'

function relevanceOf(forkDigestHex: string | undefined, epoch: number): string {
  return forkRelevance(recordOf(1, { forkDigestHex }), schedule, epoch)
}

for (const [epoch, before, after] of [
  [BPO2_EPOCH - 2, 'current', 'other'],
  [BPO2_EPOCH - 1, 'current', 'next'],
  [BPO2_EPOCH, 'next', 'current'],
  [BPO2_EPOCH + 1, 'next', 'current'],
  [BPO2_EPOCH + 2, 'other', 'current'],
] as const) {
  test(`${epoch - BPO2_EPOCH} epochs after the boundary the old digest is ${before}, the new one ${after}`, () => {
    assert.deepEqual([relevanceOf(BPO1, epoch), relevanceOf(BPO2, epoch)], [before, after])
  })
}

test('a digest of the past, or of another network, is another', () => {
  assert.deepEqual([relevanceOf(FULU, BPO2_EPOCH), relevanceOf(HOODI_BPO2, BPO2_EPOCH)], ['other', 'other'])
})

test('a record without eth2 has none', () => {
  assert.equal(relevanceOf(undefined, BPO2_EPOCH), 'none')
})

test('before genesis the first digest is the one in force', () => {
  assert.deepEqual([relevanceOf('b5303f2a', -100), relevanceOf('afcaaba0', -100)], ['current', 'other'])
})
