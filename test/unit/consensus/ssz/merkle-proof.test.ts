import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import {
  beaconHeaderRoot,
  isValidMerkleBranch,
  kzgCommitmentRoot,
  kzgCommitmentsRoot,
} from '../../../../src/consensus/ssz/merkle-proof.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const { blobKzgCommitments } = ssz.deneb.BeaconBlock.fields.body.fields

function hex(node: Uint8Array): string {
  return Buffer.from(node).toString('hex')
}

test('the root of a header is that of the library', () => {
  fc.assert(
    fc.property(bytes(ssz.phase0.BeaconBlockHeader.fixedSize ?? 0), (random) => {
      const header = Uint8Array.from(random)
      // The library reads the proposer's index as a number, which is exact up to 2^53.
      header.fill(0, 14, 16)
      const value = ssz.phase0.BeaconBlockHeaderBigint.deserialize(header)
      assert.equal(hex(beaconHeaderRoot(header)), hex(ssz.phase0.BeaconBlockHeaderBigint.hashTreeRoot(value)))
    }),
  )
})

test('roots of commitments, one and any number, are those of the library', () => {
  assert.equal(hex(kzgCommitmentsRoot(new Uint8Array(0))), hex(blobKzgCommitments.hashTreeRoot([])))
  for (const count of [1, 2, 3, 4, 5, 21, 4096]) {
    const list = Array.from({ length: count }, (_, index) => new Uint8Array(48).fill(index + 1))
    assert.equal(hex(kzgCommitmentsRoot(Buffer.concat(list))), hex(blobKzgCommitments.hashTreeRoot(list)), `${count}`)
  }
  fc.assert(
    fc.property(fc.array(bytes(48), { maxLength: 40 }), (list) => {
      assert.equal(hex(kzgCommitmentsRoot(Buffer.concat(list))), hex(blobKzgCommitments.hashTreeRoot(list)))
    }),
  )
  fc.assert(
    fc.property(bytes(48), (commitment) => {
      const expected = blobKzgCommitments.elementType.hashTreeRoot(commitment)
      assert.equal(hex(kzgCommitmentRoot(commitment)), hex(expected))
    }),
  )
})

/** compute_merkle_branch_root of the spec, as it is written there. */
function branchRoot(leaf: Uint8Array, branch: readonly Uint8Array[], index: number): Uint8Array {
  let value = leaf
  for (const [level, sibling] of branch.entries()) {
    const isRight = Math.floor(index / 2 ** level) % 2 === 1
    value = hash('sha256', Buffer.concat(isRight ? [sibling, value] : [value, sibling]), 'buffer')
  }
  return value
}

test('a branch is valid for its own leaf, place and root, and for no other', () => {
  const proofs = fc.integer({ min: 1, max: 17 }).chain((depth) =>
    fc.record({
      leaf: bytes(32),
      branch: fc.array(bytes(32), { minLength: depth, maxLength: depth }),
      index: fc.nat(2 ** depth - 1),
      bit: fc.nat(255),
    }),
  )
  fc.assert(
    fc.property(proofs, ({ leaf, branch, index, bit }) => {
      const root = branchRoot(leaf, branch, index)
      const run = Buffer.concat(branch)
      assert.ok(isValidMerkleBranch(leaf, run, index, root))
      const flip = (node: Uint8Array): Uint8Array => {
        const copy = Uint8Array.from(node)
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return copy
      }
      assert.ok(!isValidMerkleBranch(flip(leaf), run, index, root))
      assert.ok(!isValidMerkleBranch(leaf, flip(run), index, root))
      assert.ok(!isValidMerkleBranch(leaf, run, index, flip(root)))
    }),
  )
})

test('a leaf in another place is not proven', () => {
  const leaf = new Uint8Array(32).fill(7)
  const branch = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte))
  const root = branchRoot(leaf, branch, 5)
  const places = [0, 1, 2, 3, 4, 5, 6, 7].filter((index) =>
    isValidMerkleBranch(leaf, Buffer.concat(branch), index, root),
  )
  assert.deepEqual(places, [5])
})
