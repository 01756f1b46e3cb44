import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { fixedContainerRoot, pairRoot } from '../../../../src/consensus/ssz/fixed-root.ts'
import { type ContainerType, container, list, uint64 } from '../../../../src/consensus/ssz/ssz-layout-type.ts'
import {
  attestationData,
  beaconBlockHeader,
  signedBeaconBlockHeader,
} from '../../../../src/consensus/ssz-types/basic.ts'
import { gossipType } from '../../../../src/consensus/ssz-types/gossip-types.ts'
import { signedBlsToExecutionChange, signedVoluntaryExit } from '../../../../src/consensus/ssz-types/operations.ts'

const CONTAINERS = [
  [attestationData, ssz.phase0.AttestationData],
  [beaconBlockHeader, ssz.phase0.BeaconBlockHeader],
  [signedBeaconBlockHeader, ssz.phase0.SignedBeaconBlockHeader],
  [signedVoluntaryExit, ssz.phase0.SignedVoluntaryExit],
  [signedBlsToExecutionChange, ssz.capella.SignedBLSToExecutionChange],
  [gossipType('sync_committee', 'fulu', 'mainnet'), ssz.altair.SyncCommitteeMessage],
  [gossipType('sync_committee_contribution_and_proof', 'fulu', 'mainnet'), ssz.altair.SignedContributionAndProof],
] as const

/** Where the numbers of a container and of those in it lie. */
function numberPlaces({ fields }: ContainerType): number[] {
  return [...fields.values()].flatMap(({ type, at }) => {
    if (type.kind === 'container') return numberPlaces(type).map((within) => at + within)
    return type.fixedBytes === 8 ? [at] : []
  })
}

for (const [ours, theirs] of CONTAINERS) {
  const numbers = numberPlaces(ours)
  test(`${theirs.typeName}: the root that the SSZ library has, of any bytes`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: ours.headBytes, maxLength: ours.headBytes }), (bytes) => {
        // The library's numbers are exact up to 2^53 only.
        for (const at of numbers) bytes.fill(0, at + 6, at + 8)
        const expected = theirs.hashTreeRoot(theirs.deserialize(bytes) as never)
        assert.deepEqual(Buffer.from(fixedContainerRoot(ours, bytes)), Buffer.from(expected))
      }),
      { numRuns: 40 },
    )
  })
}

test('a type with a list is refused', () => {
  const type = container('Listed', { numbers: list(uint64, 4) })
  assert.throws(() => fixedContainerRoot(type, new Uint8Array(8)), /variable length/)
})

test('the parent of two nodes', () => {
  const [objectRoot, domain] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  assert.deepEqual(
    Buffer.from(pairRoot(objectRoot, domain)),
    Buffer.from(ssz.phase0.SigningData.hashTreeRoot({ objectRoot, domain })),
  )
})
