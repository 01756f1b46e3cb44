/** What validators sign beside blocks: aggregates, sync messages, contributions, votes on payloads. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { type electra, ssz } from '@lodestar/types'
import type { ForkName } from '../../../src/consensus/network-config.ts'
import type { DomainName } from '../../../src/consensus/signing.ts'
import { buildAggregates } from '../../../src/demo/aggregates.ts'
import { castVotes, planCommittee } from '../../../src/demo/attestations.ts'
import { createKeyRing } from '../../../src/demo/keys.ts'
import { selectsAggregator } from '../../../src/network-worker/validation/checks/aggregator-selection.ts'
import { type KeySource, NO_KEYS } from '../../../src/network-worker/validation/verify/key-source.ts'
import { createDemoParts } from '../../unit/demo/demo-parts.ts'
import { ALL_FORKS, slotOf } from '../../unit/network-worker/validation/judge-scene.ts'
import {
  attestationData,
  committeeAttestation,
  SUBNET,
  singleAttestation,
} from '../../unit/network-worker/validation/vote-values.ts'
import { openVerifier, registryOf, signIn } from './verifier-scene.ts'

const keys = createKeyRing()
const VALIDATOR = 7
const SYNC_SUBCOMMITTEE = 128

function sign(fork: ForkName, signer: number, domain: DomainName, root: Uint8Array): Uint8Array {
  const versionHex = ALL_FORKS.forks.find(({ name }) => name === fork)?.versionHex ?? assert.fail()
  return signIn(ALL_FORKS, { keys, signer, domain, versionHex }, root)
}

function open(t: TestContext, fork: ForkName, source: KeySource = registryOf(keys)) {
  return openVerifier(t, { network: ALL_FORKS, fork, slot: slotOf(fork), keys: source })
}

/** Who signs what of an aggregate, and in which fork; the validator in the fork of its slot unless said. */
interface Signing {
  readonly prover?: number
  readonly aggregator?: number
  readonly signedIn?: ForkName
  readonly proofDomain?: DomainName
}

interface AggregateType {
  readonly fields: { readonly message: { hashTreeRoot(message: electra.AggregateAndProof): Uint8Array } }
  serialize(value: electra.SignedAggregateAndProof): Uint8Array
}

function aggregateOf(fork: 'electra' | 'fulu' | 'gloas', signing: Signing = {}): Uint8Array {
  const { prover = VALIDATOR, aggregator = VALIDATOR, signedIn = fork, proofDomain = 'selectionProof' } = signing
  const type: AggregateType = fork === 'gloas' ? ssz.gloas.SignedAggregateAndProof : ssz.electra.SignedAggregateAndProof
  const slot = slotOf(fork)
  const message = {
    aggregatorIndex: VALIDATOR,
    selectionProof: sign(signedIn, prover, proofDomain, ssz.Slot.hashTreeRoot(slot)),
    aggregate: {
      aggregationBits: BitArray.fromBoolArray([true, false, true]),
      data: attestationData(slot),
      signature: new Uint8Array(96).fill(9),
      committeeBits: BitArray.fromSingleBit(64, 5),
    },
  }
  const signature = sign(signedIn, aggregator, 'aggregateAndProof', type.fields.message.hashTreeRoot(message))
  return type.serialize({ message, signature })
}

for (const fork of ['electra', 'fulu', 'gloas'] as const) {
  test(`${fork}: an aggregate needs both signatures of its aggregator, in the domains of its fork`, async (t) => {
    const { judge } = open(t, fork)
    const answer = (signing?: Signing) => judge('beacon_aggregate_and_proof', aggregateOf(fork, signing))
    assert.equal(await answer(), 'valid')
    assert.equal(await answer({ prover: VALIDATOR + 1 }), 'invalid')
    assert.equal(await answer({ aggregator: VALIDATOR + 1 }), 'invalid')
    assert.equal(await answer({ signedIn: 'deneb' }), 'invalid')
    assert.equal(await answer({ proofDomain: 'beaconAttester' }), 'invalid')
  })
}

test('aggregates before Electra are of another layout', async (t) => {
  const { judge } = open(t, 'phase0')
  const slot = slotOf('phase0')
  const message = {
    aggregatorIndex: VALIDATOR,
    selectionProof: sign('phase0', VALIDATOR, 'selectionProof', ssz.Slot.hashTreeRoot(slot)),
    aggregate: {
      aggregationBits: BitArray.fromBoolArray([true, true]),
      data: attestationData(slot),
      signature: new Uint8Array(96),
    },
  }
  const root = ssz.phase0.AggregateAndProof.hashTreeRoot(message)
  const signed = (signer: number) =>
    ssz.phase0.SignedAggregateAndProof.serialize({
      message,
      signature: sign('phase0', signer, 'aggregateAndProof', root),
    })
  assert.equal(await judge('beacon_aggregate_and_proof', signed(VALIDATOR)), 'valid')
  assert.equal(await judge('beacon_aggregate_and_proof', signed(VALIDATOR + 1)), 'invalid')
})

test('a sync message is signed for its block, and for neither its slot nor its subnet: it holds no claim', async (t) => {
  const { verifier, judge } = open(t, 'fulu')
  const root = new Uint8Array(32).fill(3)
  const message = (domain: DomainName = 'syncCommittee') =>
    ssz.altair.SyncCommitteeMessage.serialize({
      slot: slotOf('fulu'),
      beaconBlockRoot: root,
      validatorIndex: VALIDATOR,
      signature: sign('fulu', VALIDATOR, domain, root),
    })
  assert.equal(await judge('sync_committee_0', message()), 'valid')
  assert.equal(await judge('sync_committee_3', message()), 'valid', 'moved to another subnet')
  assert.equal(await judge('sync_committee_0', message('beaconAttester')), 'invalid')
  assert.equal(verifier.provesClaim('sync_committee'), false)
})

/** A contribution of the first validator whose proof selects it. */
function contributionOf(aggregator: (validator: number) => number = (validator) => validator): Uint8Array {
  const slot = slotOf('fulu')
  const value = ssz.altair.SignedContributionAndProof.defaultValue()
  const { message } = value
  message.contribution.slot = slot
  message.contribution.subcommitteeIndex = 2
  message.contribution.beaconBlockRoot = new Uint8Array(32).fill(4)
  message.contribution.aggregationBits.set(5, true)
  const selection = ssz.altair.SyncAggregatorSelectionData.hashTreeRoot({ slot, subcommitteeIndex: 2 })
  const proofOf = (validator: number) => sign('fulu', validator, 'syncCommitteeSelectionProof', selection)
  let validator = 0
  while (!selectsAggregator(proofOf(validator), SYNC_SUBCOMMITTEE)) validator++
  message.aggregatorIndex = validator
  message.selectionProof = proofOf(validator)
  const root = ssz.altair.ContributionAndProof.hashTreeRoot(message)
  value.signature = sign('fulu', aggregator(validator), 'contributionAndProof', root)
  return ssz.altair.SignedContributionAndProof.serialize(value)
}

test('a contribution needs both signatures of its aggregator, and holds its claim', async (t) => {
  const { verifier, judge } = open(t, 'fulu')
  const name = 'sync_committee_contribution_and_proof'
  assert.equal(await judge(name, contributionOf()), 'valid')
  assert.equal(
    await judge(
      name,
      contributionOf((validator) => validator + 1),
    ),
    'invalid',
  )
  const moved = ssz.altair.SignedContributionAndProof.deserialize(contributionOf())
  moved.message.contribution.subcommitteeIndex = 3
  assert.equal(await judge(name, ssz.altair.SignedContributionAndProof.serialize(moved)), 'invalid')
  for (const kind of [name, 'beacon_aggregate_and_proof', 'payload_attestation_message'] as const) {
    assert.equal(verifier.provesClaim(kind), true, kind)
  }
})

test('a vote on a payload is signed by the validator that it names', async (t) => {
  const { judge } = open(t, 'gloas')
  const data = {
    beaconBlockRoot: new Uint8Array(32).fill(5),
    slot: slotOf('gloas'),
    payloadPresent: true,
    blobDataAvailable: false,
  }
  const signature = sign('gloas', VALIDATOR, 'ptcAttester', ssz.gloas.PayloadAttestationData.hashTreeRoot(data))
  const answer = (validatorIndex: number, payloadPresent = true) => {
    const message = { validatorIndex, data: { ...data, payloadPresent }, signature }
    return judge('payload_attestation_message', ssz.gloas.PayloadAttestationMessage.serialize(message))
  }
  assert.equal(await answer(VALIDATOR), 'valid')
  assert.equal(await answer(VALIDATOR + 1), 'invalid')
  assert.equal(await answer(VALIDATOR, false), 'invalid')
})

test('votes that name nobody are never verified, those of validators beyond the list have no answer', async (t) => {
  const before = ssz.phase0.Attestation.serialize(committeeAttestation(slotOf('deneb')))
  assert.equal(await open(t, 'deneb').judge(`beacon_attestation_${SUBNET}`, before), 'no')
  const vote = ssz.electra.SingleAttestation.serialize(singleAttestation(slotOf('fulu')))
  const short = open(t, 'fulu', { ...NO_KEYS, validatorCount: 5 })
  assert.equal(await short.judge(`beacon_attestation_${SUBNET}`, vote), 'unavailable')
  assert.equal(short.verifier.counts.get('beacon_attestation', 'no_key'), 1)
  assert.equal(await open(t, 'fulu', NO_KEYS).judge(`beacon_attestation_${SUBNET}`, vote), 'no')
})

test('a vote that many cast alike: each is verified by itself', async (t) => {
  const { judge } = open(t, 'fulu')
  const data = attestationData(slotOf('fulu'))
  const root = ssz.phase0.AttestationData.hashTreeRoot(data)
  const vote = (attesterIndex: number, signer = attesterIndex, changed = data) =>
    judge(
      `beacon_attestation_${SUBNET}`,
      ssz.electra.SingleAttestation.serialize({
        ...{ committeeIndex: SUBNET, attesterIndex, data: changed },
        signature: sign('fulu', signer, 'beaconAttester', root),
      }),
    )
  const other = { ...data, beaconBlockRoot: new Uint8Array(32) }
  const answers = await Promise.all([vote(1), vote(2), vote(3, 4), vote(5, 5, other), vote(6)])
  assert.deepEqual(answers, ['valid', 'valid', 'invalid', 'invalid', 'valid'])
})

test("all of the demo's aggregates are valid, one with a voter left out is not", async (t) => {
  const { network, chain } = createDemoParts()
  const slot = 65
  const subnet = 30
  const { judge } = openVerifier(t, { network: network.config, fork: 'fulu', slot, keys: registryOf(keys) })
  const duty = planCommittee(keys, chain.domains, slot, subnet)
  const data = chain.attestationData(slot)
  const aggregates = buildAggregates(keys, chain.domains, duty, data, castVotes(keys, chain.domains, duty, data))
  const answer = (aggregate: electra.SignedAggregateAndProof) =>
    judge('beacon_aggregate_and_proof', ssz.electra.SignedAggregateAndProof.serialize(aggregate))
  assert.ok(aggregates.length > 1)
  assert.deepEqual(new Set(await Promise.all(aggregates.map(answer))), new Set(['valid']))
  const altered = ssz.electra.SignedAggregateAndProof.clone(aggregates[0] ?? assert.fail())
  const { aggregationBits } = altered.message.aggregate
  aggregationBits.set(aggregationBits.getTrueBitIndexes()[0] ?? assert.fail(), false)
  assert.equal(await answer(altered), 'invalid')
})
