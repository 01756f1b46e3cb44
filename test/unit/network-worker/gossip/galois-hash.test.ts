import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { galoisHash } from '../../../../src/network-worker/gossip/galois-hash.ts'

test('the low 53 bits of a vector of the standard (McGrew and Viega, GCM, test case 1)', () => {
  const expected = Buffer.from('58e2fccefa7e3061367f1d57a4e7455a', 'hex').readBigUInt64LE() & ((1n << 53n) - 1n)
  assert.equal(BigInt(galoisHash(createSecretKey(Buffer.alloc(16)), new Uint8Array())), expected)
})
