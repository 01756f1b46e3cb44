import { type deneb, type fulu, type phase0, ssz } from '@lodestar/types'
import { commitments } from './block-values.ts'
import { epochsAfter, holdRealCases, type RealCase, turned } from './real-objects-scene.ts'
import { cells } from './sidecar-values.ts'

interface WithHeader {
  signedBlockHeader: phase0.SignedBeaconBlockHeader
}

/** Changes of the header that a sidecar carries, and of when it comes. */
const HEADERS: readonly RealCase<WithHeader>[] = [
  { name: 'as it came', verdict: 'accept' },
  { name: 'the first byte missing', damage: (bytes) => bytes.subarray(1), verdict: 'reject bad_layout' },
  { name: 'a byte more', damage: (bytes) => Buffer.concat([bytes, new Uint8Array(1)]), verdict: 'reject bad_layout' },
  { name: '500 ms before its slot', at: (slot) => [slot, -500], verdict: 'accept' },
  { name: '501 ms before its slot', at: (slot) => [slot, -501], verdict: 'ignore future_slot' },
  { name: 'later than two epochs', at: (slot) => [epochsAfter(slot, 3), 0], verdict: 'ignore past_slot' },
  {
    name: 'slot 0',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.slot = 0),
    verdict: 'ignore finalized_slot',
  },
  {
    name: 'two slots ahead',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.slot += 2),
    verdict: 'ignore future_slot',
  },
  {
    name: 'proposer 2^40',
    change: ({ signedBlockHeader }) => (signedBlockHeader.message.proposerIndex = 2 ** 40),
    verdict: 'reject bad_index',
  },
  {
    name: 'one bit of the root of the body',
    change: ({ signedBlockHeader: { message } }) => (message.bodyRoot = turned(message.bodyRoot, 31)),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'one bit of the root of the state, which the signature is of',
    change: ({ signedBlockHeader: { message } }) => (message.stateRoot = turned(message.stateRoot)),
    verdict: 'accept',
  },
]

for (const [fork, limit] of [
  ['deneb', 6],
  ['electra', 9],
] as const) {
  const blobs = { fork, kind: 'blob_sidecar', type: ssz.deneb.BlobSidecar } as const
  holdRealCases<WithHeader>(blobs, HEADERS)
  holdRealCases<deneb.BlobSidecar>(blobs, [
    { name: 'on the subnet of another index', change: (value) => (value.index ^= 1), verdict: 'reject wrong_subnet' },
    {
      name: 'the index of another blob, on its subnet',
      change: (value) => (value.index = limit - 1),
      topic: `blob_sidecar_${limit - 1}`,
      verdict: 'reject bad_inclusion_proof',
    },
    { name: 'an index that there is not', change: (value) => (value.index = limit), verdict: 'reject bad_index' },
    {
      name: 'one bit of the commitment',
      change: (value) => (value.kzgCommitment = turned(value.kzgCommitment, 47)),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'one bit of each node of the branch',
      change: (value) =>
        (value.kzgCommitmentInclusionProof = value.kzgCommitmentInclusionProof.map((node) => turned(node))),
      verdict: 'reject bad_inclusion_proof',
    },
    {
      name: 'one bit of the blob, which takes KZG',
      change: (value) => (value.blob = turned(value.blob, 131_071)),
      verdict: 'accept',
    },
  ])
}

const columns = { fork: 'fulu', kind: 'data_column_sidecar', type: ssz.fulu.DataColumnSidecar } as const
holdRealCases<WithHeader>(columns, HEADERS)
holdRealCases<fulu.DataColumnSidecar>(columns, [
  { name: 'on the subnet of another index', change: (value) => (value.index ^= 1), verdict: 'reject wrong_subnet' },
  { name: 'an index of 128 more', change: (value) => (value.index += 128), verdict: 'reject bad_index' },
  {
    name: 'no blobs',
    change: (value) => Object.assign(value, { column: [], kzgCommitments: [], kzgProofs: [] }),
    verdict: 'reject empty_commitments',
  },
  { name: 'a cell too few', change: (value) => value.column.pop(), verdict: 'reject unequal_lengths' },
  { name: 'a proof too few', change: (value) => value.kzgProofs.pop(), verdict: 'reject unequal_lengths' },
  {
    name: 'a commitment too many',
    change: (value) => value.kzgCommitments.push(new Uint8Array(48)),
    verdict: 'reject unequal_lengths',
  },
  {
    name: 'one blob less throughout',
    change: ({ column, kzgCommitments, kzgProofs }) => {
      for (const list of [column, kzgCommitments, kzgProofs]) list.pop()
    },
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: '16 blobs of 15',
    change: (value) =>
      Object.assign(value, { column: cells(16), kzgCommitments: commitments(16), kzgProofs: commitments(16) }),
    verdict: 'reject too_many_blobs',
  },
  {
    name: 'commitments in another order',
    change: (value) => value.kzgCommitments.reverse(),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'one bit of a commitment',
    change: ({ kzgCommitments: list }) => (list[0] = turned(list[0] ?? new Uint8Array(48), 47)),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'a branch in another order',
    change: (value) => value.kzgCommitmentsInclusionProof.reverse(),
    verdict: 'reject bad_inclusion_proof',
  },
  {
    name: 'one bit of a cell, which takes KZG',
    change: ({ column }) => (column[0] = turned(column[0] ?? new Uint8Array(2048))),
    verdict: 'accept',
  },
])
