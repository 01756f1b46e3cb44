import { BitArray } from '@chainsafe/ssz'
import { type electra, type phase0, ssz } from '@lodestar/types'
import { type CaseSubject, holdCases, type VerdictCase } from './verdict-cases.ts'
import { electraAggregate, phase0Aggregate, selectionProof } from './vote-values.ts'

/** All that is read here is where it is in either type. */
type Aggregate = phase0.SignedAggregateAndProof

const ELECTRA: Omit<CaseSubject<electra.SignedAggregateAndProof>, 'fork'> = {
  topic: 'beacon_aggregate_and_proof',
  good: electraAggregate,
  serialize: (value) => ssz.electra.SignedAggregateAndProof.serialize(value),
}
const PHASE0: Omit<CaseSubject<Aggregate>, 'fork'> = {
  topic: 'beacon_aggregate_and_proof',
  good: phase0Aggregate,
  serialize: (value) => ssz.phase0.SignedAggregateAndProof.serialize(value),
}

function bits(length: number, ...set: number[]): BitArray {
  const made = BitArray.fromBitLen(length)
  for (const bit of set) made.set(bit, true)
  return made
}

const common: readonly VerdictCase<Aggregate>[] = [
  { name: 'a good one', verdict: 'accept' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: 'a byte more', damage: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]), verdict: 'reject bad_layout' },
  { name: 'an offset that is off', damage: (bytes) => bytes.fill(101, 0, 1), verdict: 'reject bad_layout' },
  { name: '500 ms early', afterMs: -500, verdict: 'accept' },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
  {
    name: 'an older target',
    change: ({ message }) => message.aggregate.data.target.epoch--,
    verdict: 'reject bad_target_epoch',
  },
  {
    name: 'nobody took part',
    change: ({ message }) => (message.aggregate.aggregationBits = bits(128)),
    verdict: 'reject no_participants',
  },
  {
    name: 'no committee at all',
    change: ({ message }) => (message.aggregate.aggregationBits = bits(0)),
    verdict: 'reject no_participants',
  },
  {
    name: 'the largest committee, its aggregator selected',
    change: ({ message }) => {
      message.aggregate.aggregationBits = bits(2048, 2047)
      message.selectionProof = selectionProof(2048, true)
    },
    verdict: 'accept',
  },
  {
    name: 'not selected of 128',
    change: ({ message }) => (message.selectionProof = selectionProof(128, false)),
    verdict: 'reject not_aggregator',
  },
  {
    name: 'a committee of 31, in which all are selected',
    change: ({ message }) => {
      message.aggregate.aggregationBits = bits(31, 30)
      message.selectionProof = selectionProof(128, false)
    },
    verdict: 'accept',
  },
  {
    name: 'aggregator 2^40',
    change: ({ message }) => (message.aggregatorIndex = 2 ** 40),
    verdict: 'reject bad_index',
  },
]

for (const fork of ['phase0', 'deneb'] as const) {
  holdCases({ ...PHASE0, fork }, common)
  holdCases({ ...PHASE0, fork }, [
    {
      name: 'committee 64',
      change: ({ message }) => (message.aggregate.data.index = 64),
      verdict: 'reject bad_committee',
    },
    {
      name: 'a committee that the slot has not',
      activeValidators: 1000,
      verdict: 'reject bad_committee',
    },
  ])
}
for (const fork of ['electra', 'fulu', 'gloas'] as const) {
  holdCases({ ...ELECTRA, fork }, [
    ...common,
    {
      name: 'no committee bit',
      change: ({ message }) => (message.aggregate.committeeBits = bits(64)),
      verdict: 'reject bad_committee',
    },
    {
      name: 'two committee bits',
      change: ({ message }) => (message.aggregate.committeeBits = bits(64, 0, 63)),
      verdict: 'reject bad_committee',
    },
    {
      name: 'a committee that the slot has not',
      activeValidators: 1000,
      verdict: 'reject bad_committee',
    },
    {
      name: 'more bits than a committee has members',
      change: ({ message }) => (message.aggregate.aggregationBits = bits(2049, 1)),
      verdict: 'reject bad_bits',
    },
    {
      name: 'data index 2',
      change: ({ message }) => (message.aggregate.data.index = 2),
      verdict: 'reject bad_data_index',
    },
    {
      name: 'data index 1',
      change: ({ message }) => (message.aggregate.data.index = 1),
      verdict: fork === 'gloas' ? 'accept' : 'reject bad_data_index',
    },
  ])
}
