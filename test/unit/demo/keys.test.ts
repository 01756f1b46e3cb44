import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeyRing, DISTINCT_KEYS, interopSecretKey } from '../../../src/demo/keys.ts'
import { toHex } from '../../../src/shared/hex.ts'

/** First keys of the interop convention (eth2.0-pm, interop/mocked_start). */
const KNOWN = [
  [
    '25295f0d1d592a90b333e26e85149708208e9f8e8bc18f6c77bd62f8ad7a6866',
    'a99a76ed7796f7be22d5b7e85deeb7c5677e88e511e0b337618f8c4eb61349b4bf2d153f649f7b53359fe8b94a38e44c',
  ],
  [
    '51d0b65185db6989ab0b560d6deed19c7ead0e24b9b6372cbecb1f26bdfad000',
    'b89bebc699769726a318c8e9971bd3171297c61aea4a6578a7a4f94b547dcba5bac16a89108b6b6a1fe3695d1a874a0b',
  ],
] as const

test('keys are those of the interop convention', () => {
  for (const [index, [secret, publicKey]] of KNOWN.entries()) {
    assert.equal(interopSecretKey(index).toHex().replace(/^0x/, ''), secret)
    assert.equal(toHex(interopSecretKey(index).toPublicKey().toBytes()), publicKey)
  }
})

test('a ring has distinct keys and repeats after them', () => {
  const keys = createKeyRing()
  const all = new Set(Array.from({ length: DISTINCT_KEYS }, (_, index) => toHex(keys.publicKeyBytes(index))))
  assert.equal(all.size, DISTINCT_KEYS)
  assert.deepEqual(keys.publicKeyBytes(DISTINCT_KEYS + 3), keys.publicKeyBytes(3))
})
