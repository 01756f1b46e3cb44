import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeForkDigest } from '../../../src/consensus/fork-schedule.ts'

// tests/core/pyspec/eth2spec/test/fulu/validator/test_compute_fork_digest.py of the consensus specs
const FULU_VERSION = '06000000'
const ZERO_ROOT = '00'.repeat(32)
const SPEC_VECTORS = [
  { root: ZERO_ROOT, epoch: 9, maxBlobsPerBlock: 9, digest: 'ab3ae6c8' },
  { root: ZERO_ROOT, epoch: 100, maxBlobsPerBlock: 100, digest: 'df67557b' },
  { root: ZERO_ROOT, epoch: 150, maxBlobsPerBlock: 175, digest: '8ab38b59' },
  { root: ZERO_ROOT, epoch: 200, maxBlobsPerBlock: 200, digest: 'd9b81438' },
  { root: ZERO_ROOT, epoch: 250, maxBlobsPerBlock: 275, digest: '4ef32a62' },
  { root: ZERO_ROOT, epoch: 300, maxBlobsPerBlock: 300, digest: 'ca100d64' },
  { root: '01'.repeat(32), epoch: 9, maxBlobsPerBlock: 9, digest: '89671111' },
]

for (const { root, epoch, maxBlobsPerBlock, digest } of SPEC_VECTORS) {
  test(`spec vector: blobs (${epoch}, ${maxBlobsPerBlock}) over root ${root.slice(0, 4)}… give ${digest}`, () => {
    assert.equal(computeForkDigest(FULU_VERSION, root, { epoch, maxBlobsPerBlock }), digest)
  })
}

test('without blob parameters the digest is the plain fork data root', () => {
  const mainnetRoot = '4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95'
  assert.equal(computeForkDigest('00000000', mainnetRoot), 'b5303f2a')
  assert.equal(computeForkDigest('0x00000000', `0x${mainnetRoot}`), 'b5303f2a')
})

test('versions and roots of another length are refused', () => {
  assert.throws(() => computeForkDigest('0000', ZERO_ROOT), /expected 4 bytes/)
  assert.throws(() => computeForkDigest('00000000', '00'), /expected 32 bytes/)
})
