import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import fc from 'fast-check'
import { noiseCrypto } from '../../../../src/network-worker/host/noise-crypto.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const text = fc.oneof(fc.uint8Array({ maxLength: 2000 }), bytes(65_519))

test('what is sealed here the pure implementation opens, byte for byte the same, and the other way round', () => {
  fc.assert(
    fc.property(text, bytes(12), fc.uint8Array({ maxLength: 64 }), bytes(32), (plaintext, nonce, ad, key) => {
      const sealed = noiseCrypto.chaCha20Poly1305Encrypt(plaintext, nonce, ad, key).subarray()
      const pure = pureJsCrypto.chaCha20Poly1305Encrypt(plaintext, nonce, ad, key).subarray()
      assert.ok(Buffer.from(sealed).equals(pure))
      const opened = noiseCrypto.chaCha20Poly1305Decrypt(pure, nonce, ad, key).subarray()
      assert.ok(Buffer.from(opened).equals(plaintext))
    }),
    { numRuns: 60 },
  )
})

test('a byte that was changed, anywhere, is not opened', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), bytes(32), fc.nat(), (plaintext, key, place) => {
      const [nonce, ad] = [new Uint8Array(12), new Uint8Array()]
      const sealed = Buffer.from(noiseCrypto.chaCha20Poly1305Encrypt(plaintext, nonce, ad, key).subarray())
      const at = place % sealed.length
      sealed[at] = (sealed[at] ?? 0) ^ 1
      assert.throws(() => noiseCrypto.chaCha20Poly1305Decrypt(sealed, nonce, ad, key))
    }),
  )
})

test('what is too short to have a tag is not opened', () => {
  for (const length of [0, 1, 15]) {
    assert.throws(() =>
      noiseCrypto.chaCha20Poly1305Decrypt(
        new Uint8Array(length),
        new Uint8Array(12),
        new Uint8Array(),
        new Uint8Array(32),
      ),
    )
  }
})

test('two sides agree on a secret, with the pure implementation too', () => {
  const ours = noiseCrypto.generateX25519KeyPair()
  const theirs = pureJsCrypto.generateX25519KeyPair()
  assert.deepEqual([ours.publicKey.length, ours.privateKey.length], [32, 32])
  const secret = noiseCrypto.generateX25519SharedKey(ours.privateKey, theirs.publicKey)
  const same = pureJsCrypto.generateX25519SharedKey(theirs.privateKey, ours.publicKey)
  assert.ok(Buffer.from(secret).equals(same))
})

test('hashes are SHA-256', () => {
  const data = Uint8Array.of(1, 2, 3)
  assert.ok(Buffer.from(noiseCrypto.hashSHA256(data)).equals(pureJsCrypto.hashSHA256(data)))
})
