import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { decodeMetadata, encodeMetadata } from '../../../../../src/network-worker/reqresp/codec/metadata-codec.ts'

const anyMetadata = fc.record(
  {
    seqNumber: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    attnets: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    syncnets: fc.nat({ max: 15 }).map((bits) => Uint8Array.of(bits)),
    custodyGroupCount: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  },
  { noNullPrototype: true },
)

test('the three versions are the bytes of the SSZ types', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const v1 = {
        seqNumber: metadata.seqNumber,
        attnets: ssz.phase0.AttestationSubnets.deserialize(metadata.attnets),
      }
      const v2 = { ...v1, syncnets: ssz.altair.SyncSubnets.deserialize(metadata.syncnets) }
      const v3 = { ...v2, custodyGroupCount: metadata.custodyGroupCount }
      assert.deepEqual(encodeMetadata(metadata, 1), ssz.phase0.Metadata.serialize(v1))
      assert.deepEqual(encodeMetadata(metadata, 2), ssz.altair.Metadata.serialize(v2))
      assert.deepEqual(encodeMetadata(metadata, 3), ssz.fulu.Metadata.serialize(v3))
    }),
  )
})

test('decoding gives back what was encoded, less what the version lacks', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      assert.deepEqual(decodeMetadata(encodeMetadata(metadata, 3), 3), metadata)
      const v2 = { ...metadata, custodyGroupCount: undefined }
      assert.deepEqual(decodeMetadata(encodeMetadata(metadata, 2), 2), v2)
      assert.deepEqual(decodeMetadata(encodeMetadata(metadata, 1), 1), { ...v2, syncnets: undefined })
    }),
  )
})

test('random bytes decode only when the length fits and the unused syncnets bits are zero', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(1, 2, 3), (bytes, version) => {
      const size = { 1: 16, 2: 17, 3: 25 }[version]
      const isValid = bytes.length === size && (version === 1 || (bytes[16] ?? 0) < 16)
      assert.equal(decodeMetadata(bytes, version) !== undefined, isValid)
    }),
  )
})

test('decoded bit fields do not share memory with the stream buffer', () => {
  const bytes = new Uint8Array(25)
  const metadata = decodeMetadata(bytes, 3)
  bytes.fill(0xff)
  assert.deepEqual(metadata?.attnets, new Uint8Array(8))
  assert.deepEqual(metadata?.syncnets, new Uint8Array(1))
})

test('fields we do not have are sent as zero', () => {
  const bytes = encodeMetadata(
    { seqNumber: 2n ** 70n, attnets: new Uint8Array(8), syncnets: undefined, custodyGroupCount: undefined },
    3,
  )
  assert.deepEqual(decodeMetadata(bytes, 3), {
    seqNumber: 2n ** 64n - 1n,
    attnets: new Uint8Array(8),
    syncnets: new Uint8Array(1),
    custodyGroupCount: 0,
  })
})
