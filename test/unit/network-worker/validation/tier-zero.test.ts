import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { createChain } from '../../../../src/network-worker/chain/chain.ts'
import { tierZeroOf } from '../../../../src/network-worker/validation/tier-zero.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { fuluBlock } from './block-values.ts'
import { ALL_FORKS, slotOf } from './judge-scene.ts'
import { singleAttestation } from './vote-values.ts'

test("tier 0 of a chain judges by its clock and schedule, and examining takes nobody's claim", () => {
  const slot = slotOf('fulu')
  const clock = new FakeClock(ALL_FORKS.genesisTimeSeconds * 1000 + slot * ALL_FORKS.slotDurationMs)
  const chain = createChain(ALL_FORKS, clock)
  const entry = chain.currentDigest()
  const parsed = parseTopic(formatTopic(entry.digestHex, 'beacon_attestation_5'))
  assert.ok(parsed !== undefined)
  const judge = tierZeroOf(chain, clock, () => 1_000_000).judgeOf({ parsed, entry })

  const vote = ssz.electra.SingleAttestation.serialize(singleAttestation(slot))
  for (let i = 0; i < 10; i++) {
    const claim = { slot, per: 'epoch', key: singleAttestation(slot).attesterIndex }
    assert.deepEqual(judge.examine(vote), { action: 'pass', claim })
  }
  const verdicts = Array.from({ length: 5 }, () => judge.judgeUnverified(vote))
  const accept = { action: 'accept' }
  assert.deepEqual(verdicts, [accept, accept, accept, accept, { action: 'ignore', reason: 'too_many_variants' }])

  clock.advance(3 * ALL_FORKS.slotsPerEpoch * ALL_FORKS.slotDurationMs)
  assert.deepEqual(judge.judgeUnverified(vote), { action: 'ignore', reason: 'past_slot' })
})

test('nobody keeps blocks back by word of a finalized epoch that cannot be', () => {
  const slot = slotOf('fulu')
  const clock = new FakeClock(ALL_FORKS.genesisTimeSeconds * 1000 + slot * ALL_FORKS.slotDurationMs)
  const chain = createChain(ALL_FORKS, clock)
  const entry = chain.currentDigest()
  const parsed = parseTopic(formatTopic(entry.digestHex, 'beacon_block'))
  assert.ok(parsed !== undefined)
  const judge = tierZeroOf(chain, clock, () => null).judgeOf({ parsed, entry })
  const currentEpoch = chain.slotClock.currentEpoch()
  // What a beacon node says is believed at once.
  for (const epoch of [currentEpoch - 2, currentEpoch - 1, currentEpoch, 2 ** 40]) {
    const head = { slot: Math.max(slot, epoch * ALL_FORKS.slotsPerEpoch), rootHex: 'cd'.repeat(32) }
    chain.truth.believe({ finalized: { epoch, rootHex: 'ab'.repeat(32) }, head })
    const oldestSlot = (currentEpoch - 2) * ALL_FORKS.slotsPerEpoch + 1
    for (const proposed of [slot, oldestSlot]) {
      const block = ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(proposed))
      assert.equal(judge.examine(block).action, 'pass', `${proposed} of ${slot}, finalized ${epoch}`)
    }
  }
})
