import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type capella, type electra, type phase0, ssz } from '@lodestar/types'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { holdCases } from './verdict-cases.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
const FORKS = ['phase0', 'electra', 'gloas'] as const satisfies readonly ForkName[]
const TO_NEXT_EPOCH_MS = (SLOTS_PER_EPOCH - (slotOf('fulu') % SLOTS_PER_EPOCH)) * SLOT_MS

function exit(slot: number): phase0.SignedVoluntaryExit {
  const message = { epoch: Math.floor(slot / SLOTS_PER_EPOCH), validatorIndex: 300_000 }
  return { message, signature: new Uint8Array(96) }
}

for (const fork of FORKS) {
  const exits = {
    topic: 'voluntary_exit',
    fork,
    good: exit,
    serialize: (value: phase0.SignedVoluntaryExit) => ssz.phase0.SignedVoluntaryExit.serialize(value),
  } as const
  holdCases<phase0.SignedVoluntaryExit>(exits, [
    { name: 'a good one', verdict: 'accept' },
    { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    { name: 'of long ago', change: ({ message }) => (message.epoch = 0), verdict: 'accept' },
    { name: 'of the next epoch', change: ({ message }) => message.epoch++, verdict: 'reject future_epoch' },
    {
      name: 'of the next epoch, 500 ms early',
      change: ({ message }) => message.epoch++,
      afterMs: TO_NEXT_EPOCH_MS - 500,
      verdict: 'accept',
    },
    {
      name: 'of the next epoch, 501 ms early',
      change: ({ message }) => message.epoch++,
      afterMs: TO_NEXT_EPOCH_MS - 501,
      verdict: 'reject future_epoch',
    },
    {
      name: 'validator 2^40',
      change: ({ message }) => (message.validatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
  ])
}

function proposerSlashing(): phase0.ProposerSlashing {
  const value = ssz.phase0.ProposerSlashing.defaultValue()
  for (const { message } of [value.signedHeader1, value.signedHeader2]) {
    Object.assign(message, { slot: 700n, proposerIndex: 12 })
  }
  value.signedHeader2.message.stateRoot = new Uint8Array(32).fill(1)
  return value
}

for (const fork of FORKS) {
  const slashings = {
    topic: 'proposer_slashing',
    fork,
    good: proposerSlashing,
    serialize: (value: phase0.ProposerSlashing) => ssz.phase0.ProposerSlashing.serialize(value),
  } as const
  holdCases<phase0.ProposerSlashing>(slashings, [
    { name: 'a good one', verdict: 'accept' },
    { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    {
      name: 'two slots',
      change: ({ signedHeader2 }) => signedHeader2.message.slot++,
      verdict: 'reject not_slashable',
    },
    {
      name: 'slots that differ in the last of 64 bits',
      change: ({ signedHeader1, signedHeader2 }) => {
        signedHeader1.message.slot = 2n ** 63n
        signedHeader2.message.slot = 2n ** 63n + 1n
      },
      verdict: 'reject not_slashable',
    },
    {
      name: 'two proposers',
      change: ({ signedHeader2 }) => signedHeader2.message.proposerIndex++,
      verdict: 'reject not_slashable',
    },
    {
      name: 'one header, two signatures',
      change: (value) => {
        value.signedHeader2.message = value.signedHeader1.message
        value.signedHeader2.signature = new Uint8Array(96).fill(1)
      },
      verdict: 'reject not_slashable',
    },
    {
      name: 'proposer 2^40',
      change: ({ signedHeader1, signedHeader2 }) => {
        signedHeader1.message.proposerIndex = 2 ** 40
        signedHeader2.message.proposerIndex = 2 ** 40
      },
      verdict: 'reject bad_index',
    },
  ])
}

/** A double vote of validators 5 and 9. */
function attesterSlashing(): electra.AttesterSlashing {
  const value = ssz.electra.AttesterSlashing.defaultValue()
  const { attestation1, attestation2 } = value
  attestation1.attestingIndices = [1, 5, 9, 70_000]
  attestation2.attestingIndices = [5, 8, 9]
  for (const { data } of [attestation1, attestation2]) {
    data.source.epoch = 10n
    data.target.epoch = 12n
  }
  attestation2.data.beaconBlockRoot = new Uint8Array(32).fill(1)
  return value
}

/** An epoch of which no double tells its neighbours. */
const FAR = 2n ** 63n

function setEpochs(value: electra.AttesterSlashing, first: [bigint, bigint], second: [bigint, bigint]): void {
  for (const [{ data }, [source, target]] of [
    [value.attestation1, first],
    [value.attestation2, second],
  ] as const) {
    data.source.epoch = source
    data.target.epoch = target
  }
}

for (const fork of ['phase0', 'fulu', 'gloas'] as const) {
  const type = fork === 'phase0' ? ssz.phase0.AttesterSlashing : ssz.electra.AttesterSlashing
  const slashings = {
    topic: 'attester_slashing',
    fork,
    good: attesterSlashing,
    serialize: (value: electra.AttesterSlashing) => type.serialize(value),
  } as const
  holdCases<electra.AttesterSlashing>(slashings, [
    { name: 'a double vote', verdict: 'accept' },
    { name: 'a surrounding vote', change: (value) => setEpochs(value, [9n, 13n], [10n, 12n]), verdict: 'accept' },
    {
      name: 'a surrounding vote, by the last of 64 bits',
      change: (value) => setEpochs(value, [FAR, FAR + 3n], [FAR + 1n, FAR + 2n]),
      verdict: 'accept',
    },
    {
      name: 'targets that differ in the last of 64 bits',
      change: (value) => setEpochs(value, [10n, FAR], [10n, FAR + 1n]),
      verdict: 'reject not_slashable',
    },
    { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    {
      name: 'a surrounded vote',
      change: (value) => setEpochs(value, [10n, 12n], [9n, 13n]),
      verdict: 'reject not_slashable',
    },
    {
      name: 'votes of two epochs that begin with one',
      change: (value) => setEpochs(value, [10n, 12n], [10n, 11n]),
      verdict: 'reject not_slashable',
    },
    {
      name: 'one vote twice',
      change: (value) => (value.attestation2.data = value.attestation1.data),
      verdict: 'reject not_slashable',
    },
    {
      name: 'unsorted indices',
      change: (value) => (value.attestation1.attestingIndices = [9, 5]),
      verdict: 'reject bad_order',
    },
    {
      name: 'an index twice',
      change: (value) => (value.attestation2.attestingIndices = [5, 5]),
      verdict: 'reject bad_order',
    },
    { name: 'no index', change: (value) => (value.attestation1.attestingIndices = []), verdict: 'reject bad_order' },
    {
      name: 'nobody in both votes',
      change: (value) => (value.attestation2.attestingIndices = [2, 3, 70_001]),
      verdict: 'ignore already_known',
    },
    {
      name: 'validator 2^40',
      change: (value) => value.attestation2.attestingIndices.push(2 ** 40),
      verdict: 'reject bad_index',
    },
  ])
}

test('attester slashings are told apart by the whole set of validators who are in both votes', () => {
  const judge = sceneAt(slotOf('fulu')).judgeOf('attester_slashing', 'fulu')
  const keyOf = (first: number[], second: number[]): unknown => {
    const value = attesterSlashing()
    value.attestation1.attestingIndices = first
    value.attestation2.attestingIndices = second
    const result = judge.examine(ssz.electra.AttesterSlashing.serialize(value))
    assert.ok(result.action === 'pass')
    return result.claim?.key
  }
  const key = keyOf([1, 5, 9], [5, 8, 9])
  assert.equal(keyOf([5, 9, 300_000], [2, 5, 9]), key)
  for (const other of [keyOf([5], [5]), keyOf([5, 8, 9], [5, 8, 9]), keyOf([5, 10], [5, 10])]) {
    assert.notEqual(other, key)
  }
})

function change(): capella.SignedBLSToExecutionChange {
  const value = ssz.capella.SignedBLSToExecutionChange.defaultValue()
  value.message.validatorIndex = 99
  return value
}

const CAPELLA_EPOCH = ALL_FORKS.forks.find(({ name }) => name === 'capella')?.epoch ?? Number.NaN
/** Into the next fork. */
const EPOCHS_LATER_MS = 2 * SLOTS_PER_EPOCH * SLOT_MS
const SINCE_CAPELLA_MS = (slotOf('capella') - CAPELLA_EPOCH * SLOTS_PER_EPOCH) * SLOT_MS

for (const fork of ['capella', 'fulu'] as const) {
  const changes = {
    topic: 'bls_to_execution_change',
    fork,
    good: change,
    serialize: (value: capella.SignedBLSToExecutionChange) => ssz.capella.SignedBLSToExecutionChange.serialize(value),
  } as const
  holdCases<capella.SignedBLSToExecutionChange>(changes, [
    { name: 'a good one', verdict: 'accept' },
    { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
    {
      name: 'validator 2^40',
      change: ({ message }) => (message.validatorIndex = 2 ** 40),
      verdict: 'reject bad_index',
    },
  ])
  if (fork === 'capella') {
    holdCases<capella.SignedBLSToExecutionChange>(changes, [
      { name: 'when Capella begins', afterMs: -SINCE_CAPELLA_MS, verdict: 'accept' },
      { name: 'before Capella', afterMs: -SINCE_CAPELLA_MS - 1, verdict: 'ignore before_fork' },
      { name: 'after Capella, on the topic of old', afterMs: EPOCHS_LATER_MS, verdict: 'accept' },
    ])
  }
}

test('operations claim their validator for as long as we remember', () => {
  const slot = slotOf('fulu')
  const scene = sceneAt(slot)
  const claims = (
    [
      ['voluntary_exit', ssz.phase0.SignedVoluntaryExit.serialize(exit(slot))],
      ['proposer_slashing', ssz.phase0.ProposerSlashing.serialize(proposerSlashing())],
      ['bls_to_execution_change', ssz.capella.SignedBLSToExecutionChange.serialize(change())],
    ] as const
  ).map(([topic, bytes]) => scene.judgeOf(topic, 'fulu').examine(bytes))
  assert.deepEqual(
    claims,
    [300_000, 12, 99].map((key) => ({ action: 'pass', claim: { slot, per: 'ever', key } })),
  )
})
