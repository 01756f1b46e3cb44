/** Votes with the sizes of the minimal preset, which the library must have been loaded with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { ACTIVE_PRESET } from '@lodestar/params'
import { type altair, type electra, ssz } from '@lodestar/types'
import type { NetworkConfig } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { ALL_FORKS, EPOCHS_OF_FORK, sceneAt } from './judge-scene.ts'
import type { VerdictText } from './verdict-cases.ts'
import { attestationData, selectionProof, singleAttestation } from './vote-values.ts'

const SLOTS_PER_EPOCH = 8
const MINIMAL: NetworkConfig = { ...ALL_FORKS, preset: 'minimal', slotsPerEpoch: SLOTS_PER_EPOCH }
/** Five slots into the fourth epoch of Fulu. */
const SLOT = (6 * EPOCHS_OF_FORK + 3) * SLOTS_PER_EPOCH + 5
/** Four committees a slot, with twice as many and half as many validators too. */
const VALIDATORS = 1000
/** compute_subnet_for_attestation of committee 3. */
const SUBNET = 4 * 5 + 3

function vote(committeeIndex: number): Uint8Array {
  const value = singleAttestation(SLOT)
  value.committeeIndex = committeeIndex
  value.data.target.epoch = Math.floor(SLOT / SLOTS_PER_EPOCH)
  return ssz.electra.SingleAttestation.serialize(value)
}

function aggregate(...committees: number[]): Uint8Array {
  const data = attestationData(SLOT)
  data.target.epoch = Math.floor(SLOT / SLOTS_PER_EPOCH)
  const committeeBits = BitArray.fromBitLen(4)
  for (const committee of committees) committeeBits.set(committee, true)
  const signature = new Uint8Array(96)
  const value: electra.SignedAggregateAndProof = {
    message: {
      aggregatorIndex: 3,
      aggregate: { aggregationBits: BitArray.fromSingleBit(40, 39), data, signature, committeeBits },
      selectionProof: selectionProof(40, true),
    },
    signature,
  }
  return ssz.electra.SignedAggregateAndProof.serialize(value)
}

function contribution(change: (inner: altair.SyncCommitteeContribution) => void): Uint8Array {
  const value = ssz.altair.SignedContributionAndProof.defaultValue()
  const { contribution: inner } = value.message
  inner.slot = SLOT
  inner.aggregationBits = BitArray.fromSingleBit(8, 7)
  // Of a subcommittee of 8 everybody is an aggregator.
  value.message.selectionProof = selectionProof(128, false)
  change(inner)
  return ssz.altair.SignedContributionAndProof.serialize(value)
}

interface MinimalCase {
  readonly topic: GossipName
  readonly ssz: Uint8Array
  readonly validators?: number
  readonly verdict: VerdictText
}

const CONTRIBUTIONS = 'sync_committee_contribution_and_proof'

const CASES: Readonly<Record<string, MinimalCase>> = {
  'the last committee': { topic: `beacon_attestation_${SUBNET}`, ssz: vote(3), verdict: 'accept' },
  'its subnet': { topic: `beacon_attestation_${SUBNET}`, ssz: vote(3), validators: VALIDATORS, verdict: 'accept' },
  'another subnet': {
    topic: `beacon_attestation_${SUBNET + 1}`,
    ssz: vote(3),
    validators: VALIDATORS,
    verdict: 'reject wrong_subnet',
  },
  'one committee too many': { topic: `beacon_attestation_${SUBNET}`, ssz: vote(4), verdict: 'reject bad_committee' },
  'an aggregate of the last committee': { topic: 'beacon_aggregate_and_proof', ssz: aggregate(3), verdict: 'accept' },
  'an aggregate of two committees': {
    topic: 'beacon_aggregate_and_proof',
    ssz: aggregate(0, 3),
    verdict: 'reject bad_committee',
  },
  'an aggregate of committee 4': {
    topic: 'beacon_aggregate_and_proof',
    // Bit 4 is padding.
    ssz: aggregate(3).map((byte, at, all) => (at === all.length - 6 - 1 && byte === 8 ? 16 : byte)),
    verdict: 'reject bad_layout',
  },
  'a contribution': { topic: CONTRIBUTIONS, ssz: contribution(() => undefined), verdict: 'accept' },
  'a contribution of nobody': {
    topic: CONTRIBUTIONS,
    ssz: contribution((inner) => inner.aggregationBits.set(7, false)),
    verdict: 'reject no_participants',
  },
  'a contribution of subcommittee 4': {
    topic: CONTRIBUTIONS,
    ssz: contribution((inner) => (inner.subcommitteeIndex = 4)),
    verdict: 'reject bad_committee',
  },
}

export function holdMinimalVotes(): void {
  test('the library runs the preset', () => {
    assert.equal(ACTIVE_PRESET, 'minimal')
  })
  for (const [name, { topic, ssz: bytes, validators, verdict }] of Object.entries(CASES)) {
    test(`minimal preset: ${name}`, () => {
      const options = validators === undefined ? {} : { activeValidators: validators }
      const scene = sceneAt(SLOT, 100, { network: MINIMAL, ...options })
      const result = scene.judgeOf(topic, 'fulu').judgeUnverified(bytes)
      assert.equal(result.action === 'accept' ? 'accept' : `${result.action} ${result.reason}`, verdict)
    })
  }
}
