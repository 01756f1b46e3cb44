import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { BlobWithCells } from '../../../../src/demo/blobs.ts'
import { buildColumnSidecars } from '../../../../src/demo/columns.ts'
import { createDemoParts } from '../../demo/demo-parts.ts'
import { sceneAt } from './judge-scene.ts'

const SLOTS = [3, 4, 70]
const COLUMNS = [0, 1, 64, 127]
const ACCEPT = { action: 'accept' }

/** Tier 0 looks at no point of a curve, so that these need not be of any blob. */
const BLOBS: readonly BlobWithCells[] = [1, 2].map((byte) => ({
  commitment: new Uint8Array(48).fill(byte),
  cells: new Array<Uint8Array>(128).fill(new Uint8Array(2048).fill(byte)),
  proofs: new Array<Uint8Array>(128).fill(new Uint8Array(48).fill(byte)),
}))

test("all blocks of the demo and their columns are accepted, and a column's header is the block's", () => {
  const { chain, network } = createDemoParts()
  const blobCommitments = BLOBS.map(({ commitment }) => commitment)
  for (const slot of SLOTS) {
    const block = chain.propose({ slot, blobCommitments, attestations: [] })
    const scene = sceneAt(slot, 150, { network: network.config })
    const bytes = ssz.fulu.SignedBeaconBlock.serialize(block.signedBlock)
    assert.deepEqual(scene.judgeOf('beacon_block', 'fulu').judgeUnverified(bytes), ACCEPT)
    for (const sidecar of buildColumnSidecars(block, BLOBS, COLUMNS)) {
      const judge = scene.judgeOf(`data_column_sidecar_${sidecar.index}`, 'fulu')
      const column = ssz.fulu.DataColumnSidecar.serialize(sidecar)
      assert.deepEqual(judge.judgeUnverified(column), ACCEPT)
      const examined = judge.examine(column)
      assert.ok(examined.action === 'pass')
      assert.deepEqual(Uint8Array.from(examined.proposer?.headerRoot ?? []), Uint8Array.from(block.root))
    }
  }
})

test('blocks without blobs are accepted too', () => {
  const { chain, network } = createDemoParts()
  const block = chain.propose({ slot: 9, blobCommitments: [], attestations: [] })
  const bytes = ssz.fulu.SignedBeaconBlock.serialize(block.signedBlock)
  const judge = sceneAt(9, 0, { network: network.config }).judgeOf('beacon_block', 'fulu')
  assert.deepEqual(judge.judgeUnverified(bytes), ACCEPT)
})
