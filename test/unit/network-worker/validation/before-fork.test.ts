import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { ForkName, NetworkConfig } from '../../../../src/consensus/network-config.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { isPassing } from '../../../../src/network-worker/validation/verdict.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'

function firstSlotOf(fork: ForkName): number {
  return (ALL_FORKS.forks.find(({ name }) => name === fork)?.epoch ?? Number.NaN) * SLOTS_PER_EPOCH
}

function proposerSlashing(): Uint8Array {
  const value = ssz.phase0.ProposerSlashing.defaultValue()
  value.signedHeader2.message.stateRoot = new Uint8Array(32).fill(1)
  return ssz.phase0.ProposerSlashing.serialize(value)
}

function attesterSlashing(): Uint8Array {
  const value = ssz.electra.AttesterSlashing.defaultValue()
  value.attestation1.attestingIndices = [4]
  value.attestation2.attestingIndices = [4]
  value.attestation2.data.beaconBlockRoot = new Uint8Array(32).fill(1)
  return ssz.electra.AttesterSlashing.serialize(value)
}

const EXIT: readonly [GossipName, Uint8Array] = [
  'voluntary_exit',
  ssz.phase0.SignedVoluntaryExit.serialize(ssz.phase0.SignedVoluntaryExit.defaultValue()),
]

/** Objects of no slot, good at any time. */
const OPERATIONS: readonly (readonly [GossipName, Uint8Array])[] = [
  EXIT,
  ['proposer_slashing', proposerSlashing()],
  ['attester_slashing', attesterSlashing()],
  [
    'bls_to_execution_change',
    ssz.capella.SignedBLSToExecutionChange.serialize(ssz.capella.SignedBLSToExecutionChange.defaultValue()),
  ],
]

/** `offsetMs` from the start of Fulu. */
function actionAt(topic: GossipName, fork: ForkName, bytes: Uint8Array, offsetMs: number): string {
  const verdict = sceneAt(firstSlotOf('fulu'), offsetMs).judgeOf(topic, fork).judgeUnverified(bytes)
  return verdict.action === 'accept' ? 'accept' : `${verdict.action} ${verdict.reason}`
}

for (const [topic, bytes] of OPERATIONS) {
  test(`${topic}: not on the topic of a fork that has not begun, and on the one before for as long as it is joined`, () => {
    assert.equal(actionAt(topic, 'fulu', bytes, -SLOTS_PER_EPOCH * ALL_FORKS.slotDurationMs), 'ignore before_fork')
    assert.equal(actionAt(topic, 'fulu', bytes, -501), 'ignore before_fork')
    assert.equal(actionAt(topic, 'fulu', bytes, -500), 'accept')
    assert.equal(actionAt(topic, 'electra', bytes, -501), 'accept')
    assert.equal(actionAt(topic, 'electra', bytes, 2 * SLOTS_PER_EPOCH * ALL_FORKS.slotDurationMs), 'accept')
  })
}

test('the same where only the blob parameters change', () => {
  const epoch = Math.floor(slotOf('fulu') / SLOTS_PER_EPOCH)
  const network: NetworkConfig = { ...ALL_FORKS, blobSchedule: [{ epoch, maxBlobsPerBlock: 12 }] }
  const [topic, bytes] = EXIT
  const verdicts = [-501, -500].map((offsetMs) => {
    const scene = sceneAt(epoch * SLOTS_PER_EPOCH, offsetMs, { network })
    const entry = scene.schedule.at(epoch)
    const parsed = parseTopic(formatTopic(entry.digestHex, topic))
    assert.ok(parsed !== undefined)
    return scene.tierZero.judgeOf({ parsed, entry }).judgeUnverified(bytes).action
  })
  assert.deepEqual(verdicts, ['ignore', 'accept'])
})

test('proposers say their preferences on the topic of the fork before it has begun', () => {
  const slot = firstSlotOf('gloas')
  const value = ssz.gloas.SignedProposerPreferences.defaultValue()
  value.message.proposalSlot = slot
  const bytes = ssz.gloas.SignedProposerPreferences.serialize(value)
  const judge = sceneAt(slot - SLOTS_PER_EPOCH).judgeOf('proposer_preferences', 'gloas')
  assert.deepEqual(judge.judgeUnverified(bytes), { action: 'accept' })
})

test('who sends an operation before the fork does not keep it out after it', () => {
  const scene = sceneAt(firstSlotOf('fulu'), -501)
  const [topic, bytes] = EXIT
  const judge = scene.judgeOf(topic, 'fulu')
  assert.ok(isPassing(judge.judgeUnverified(bytes)))
  scene.clock.advance(1)
  assert.deepEqual(judge.judgeUnverified(bytes), { action: 'accept' })
})
