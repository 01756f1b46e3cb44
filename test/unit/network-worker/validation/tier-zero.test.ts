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
  for (const epoch of [currentEpoch - 2, currentEpoch, currentEpoch + 1, 2 ** 40]) {
    // Three peers of as many networks, as often as it takes until we tell what they agree on.
    for (let time = 0; time < 2; time++) {
      for (const group of ['1.1', '1.2', '1.3']) {
        chain.truth.vote(`peer ${group}`, group, {
          ...chain.truth.status(),
          finalizedEpoch: epoch + time,
          finalizedRootHex: 'ab'.repeat(32),
          headSlot: (epoch + 2) * ALL_FORKS.slotsPerEpoch,
        })
      }
    }
    const oldestSlot = (currentEpoch - 2) * ALL_FORKS.slotsPerEpoch + 1
    for (const proposed of [slot, oldestSlot]) {
      const block = ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(proposed))
      assert.equal(judge.examine(block).action, 'pass', `${proposed} of ${slot}, finalized ${epoch}`)
    }
  }
})
