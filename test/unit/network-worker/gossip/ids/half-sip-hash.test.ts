/** Against the vectors of the reference implementation (hsip64): key 00…07, input 00, 01, … of each length. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { halfSipHash, halfSipKey } from '../../../../../src/network-worker/gossip/ids/half-sip-hash.ts'

const VECTORS = ['218d1f59b9b83cc8', 'be552412f8387315', '064f39ef7c50eb57', 'ce0f1a45f706069b', 'd5e78a175be50eb4']

test('the low 53 bits of the reference vectors', () => {
  const key = halfSipKey(Uint8Array.from({ length: 8 }, (_, at) => at))
  for (const [length, vector] of VECTORS.entries()) {
    const expected = Buffer.from(vector, 'hex').readBigUInt64LE() & ((1n << 53n) - 1n)
    const data = Uint8Array.from({ length: length + 3 }, (_, at) => at - 3).subarray(3)
    assert.equal(BigInt(halfSipHash(key, data)), expected, `${length} bytes`)
  }
})
