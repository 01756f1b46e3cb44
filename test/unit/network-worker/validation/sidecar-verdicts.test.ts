import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type deneb, type fulu, type gloas, type phase0, ssz } from '@lodestar/types'
import { commitments, PROPOSER } from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { blobSidecar, cells, fuluColumn, gloasColumn } from './sidecar-values.ts'
import { holdCases, type VerdictCase } from './verdict-cases.ts'

const SLOT_MS = ALL_FORKS.slotDurationMs
const LEFT_SLOTS = 3 * SLOTS_PER_EPOCH - (slotOf('fulu') % SLOTS_PER_EPOCH)
const COLUMN = 77

const inTime: readonly VerdictCase<unknown>[] = [
  { name: 'a good one', verdict: 'accept' },
  { name: 'one byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: '500 ms early', afterMs: -500, verdict: 'accept' },
  { name: '501 ms early', afterMs: -501, verdict: 'ignore future_slot' },
  { name: 'two epochs old', afterMs: LEFT_SLOTS * SLOT_MS - 1, verdict: 'accept' },
  { name: 'older', afterMs: LEFT_SLOTS * SLOT_MS, verdict: 'ignore past_slot' },
]

/** Changes of the header that a sidecar carries. */
const headers: readonly VerdictCase<{ signedBlockHeader: phase0.SignedBeaconBlockHeader }>[] = [
  {
    name: 'slot 0',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.slot = 0),
    verdict: 'ignore finalized_slot',
  },
  {
    name: 'proposer 2^40',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.proposerIndex = 2 ** 40),
    verdict: 'reject bad_index',
  },
  {
    name: 'the root of another body',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.bodyRoot = new Uint8Array(32)),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'another state, which the proof says nothing of',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.stateRoot = new Uint8Array(32)),
    verdict: 'accept',
  },
]

for (const [fork, limit] of [
  ['deneb', 6],
  ['electra', 9],
] as const) {
  const blobs = {
    topic: 'blob_sidecar_2',
    fork,
    good: (slot: number) => blobSidecar(slot, 2),
    serialize: (value: deneb.BlobSidecar) => ssz.deneb.BlobSidecar.serialize(value),
  } as const
  holdCases<deneb.BlobSidecar>(blobs, [
    ...inTime,
    ...headers,
    { name: 'another subnet', topic: 'blob_sidecar_1', verdict: 'reject wrong_subnet' },
    {
      name: 'the last index that there is not',
      topic: `blob_sidecar_${limit - 1}`,
      change: (value) => (value.index = limit),
      verdict: 'reject bad_index',
    },
    {
      name: 'an index beyond the block',
      topic: 'blob_sidecar_3',
      change: (value) => (value.index = 3),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'another commitment',
      change: (value) => (value.kzgCommitment = new Uint8Array(48)),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'a branch that is cut and filled up',
      change: (value) => (value.kzgCommitmentInclusionProof[16] = new Uint8Array(32)),
      verdict: 'reject bad_inclusion_proof',
    },
  ])
}

const columns = {
  topic: `data_column_sidecar_${COLUMN}`,
  fork: 'fulu',
  good: (slot: number) => fuluColumn(slot, COLUMN),
  serialize: (value: fulu.DataColumnSidecar) => ssz.fulu.DataColumnSidecar.serialize(value),
} as const

holdCases<fulu.DataColumnSidecar>(columns, [
  ...inTime,
  ...headers,
  { name: 'another subnet', topic: 'data_column_sidecar_78', verdict: 'reject wrong_subnet' },
  { name: 'column 128', change: (value) => (value.index = 128), verdict: 'reject bad_index' },
  { name: 'column 128 + 77', change: (value) => (value.index = 128 + COLUMN), verdict: 'reject bad_index' },
  {
    name: 'no blob at all',
    change: (value) => Object.assign(value, { column: [], kzgCommitments: [], kzgProofs: [] }),
    verdict: 'reject empty_commitments',
  },
  { name: 'a cell too many', change: (value) => (value.column = cells(4)), verdict: 'reject unequal_lengths' },
  { name: 'a proof too few', change: (value) => value.kzgProofs.pop(), verdict: 'reject unequal_lengths' },
  {
    name: 'a commitment too many',
    change: (value) => (value.kzgCommitments = commitments(4)),
    verdict: 'reject unequal_lengths',
  },
  {
    name: '10 blobs',
    change: (value) =>
      Object.assign(value, { column: cells(10), kzgCommitments: commitments(10), kzgProofs: commitments(10) }),
    verdict: 'reject too_many_blobs',
  },
  {
    name: 'commitments in another order',
    change: (value) => value.kzgCommitments.reverse(),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'fewer blobs than the block has',
    change: (value) =>
      Object.assign(value, { column: cells(2), kzgCommitments: commitments(2), kzgProofs: commitments(2) }),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'a proof of another field',
    change: (value) => value.kzgCommitmentsInclusionProof.reverse(),
    verdict: 'reject bad_inclusion_proof',
  },
])

const gloasColumns = {
  topic: `data_column_sidecar_${COLUMN}`,
  fork: 'gloas',
  good: (slot: number) => gloasColumn(slot, COLUMN),
  serialize: (value: gloas.DataColumnSidecar) => ssz.gloas.DataColumnSidecar.serialize(value),
} as const

holdCases<gloas.DataColumnSidecar>(gloasColumns, [
  ...inTime,
  { name: 'another subnet', topic: 'data_column_sidecar_78', verdict: 'reject wrong_subnet' },
  { name: 'column 128 + 77', change: (value) => (value.index = 128 + COLUMN), verdict: 'reject bad_index' },
  {
    name: 'no cell',
    change: (value) => Object.assign(value, { column: [], kzgProofs: [] }),
    verdict: 'reject empty_commitments',
  },
  { name: 'a cell too many', change: (value) => (value.column = cells(4)), verdict: 'reject unequal_lengths' },
  {
    name: '10 cells',
    change: (value) => Object.assign(value, { column: cells(10), kzgProofs: commitments(10) }),
    verdict: 'reject too_many_blobs',
  },
])

test('the columns of a block, its blobs, have one header and each a claim of its own', () => {
  const slot = slotOf('fulu')
  const scene = sceneAt(slot, 100)
  const results = [0, 1, 127].map((index) => {
    const bytes = ssz.fulu.DataColumnSidecar.serialize(fuluColumn(slot, index))
    return scene.judgeOf(`data_column_sidecar_${index}`, 'fulu').examine(bytes)
  })
  const header = fuluColumn(slot, 0).signedBlockHeader.message
  const headerRoot = Buffer.from(ssz.phase0.BeaconBlockHeader.hashTreeRoot(header))
  assert.deepEqual(
    results,
    [0, 1, 127].map((index) => ({
      action: 'pass',
      claim: { slot, per: 'slot', key: PROPOSER * 128 + index },
      proposer: { slot, proposerIndex: PROPOSER, headerRoot },
    })),
  )
})

test('a proof that was found valid makes no other valid', () => {
  const slot = slotOf('fulu')
  const judge = sceneAt(slot, 100).judgeOf('data_column_sidecar_5', 'fulu')
  const good = fuluColumn(slot, 5)
  const verdictOn = (value: fulu.DataColumnSidecar): string =>
    judge.examine(ssz.fulu.DataColumnSidecar.serialize(value)).action
  assert.equal(verdictOn(good), 'pass')
  for (const change of [
    { kzgCommitments: good.kzgCommitments.toReversed() },
    { kzgCommitmentsInclusionProof: good.kzgCommitmentsInclusionProof.toReversed() },
    {
      signedBlockHeader: {
        ...good.signedBlockHeader,
        message: { ...good.signedBlockHeader.message, bodyRoot: new Uint8Array(32) },
      },
    },
  ]) {
    assert.equal(verdictOn({ ...good, ...change }), 'reject')
    assert.equal(verdictOn(good), 'pass')
  }
})
