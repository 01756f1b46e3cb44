import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import fc from 'fast-check'
import { runtimeAead, sodiumAead } from '../../../../../src/network-worker/host/noise/aead.ts'
import { CipherState } from '../../../../../src/network-worker/host/noise/cipher-state.ts'
import { openSslAead } from '../../../../../src/network-worker/host/noise/openssl-aead.ts'
import { aead } from '../../../../../src/network-worker/host/noise/quickest-aead.ts'

const KEY = new Uint8Array(32).fill(7)

function nonceOf(count: bigint): Uint8Array {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64LE(count, 4)
  return nonce
}

const EVERY = [sodiumAead, openSslAead, runtimeAead].filter((by) => by !== undefined)

test('libsodium and OpenSSL are there on the machines we build for', () => {
  assert.equal(sodiumAead?.name, 'libsodium')
  assert.equal(openSslAead?.name, 'OpenSSL')
  assert.equal(aead.name, 'libsodium, OpenSSL')
})

for (const sealer of EVERY) {
  for (const opener of EVERY) {
    test(`what ${sealer.name} sealed ${opener.name} opens, of any length, and no other, and the next one again`, () => {
      const lengths = fc.oneof(fc.constantFrom(0, 1, 1008, 1009, 1024, 1025, 65_519), fc.nat(65_519))
      const associated = fc.option(fc.uint8Array({ maxLength: 100 }), { nil: undefined })
      fc.assert(
        fc.property(lengths, fc.nat(255), associated, fc.nat(), (length, fill, beside, place) => {
          const nonce = nonceOf(BigInt(fill))
          const bytes = Buffer.alloc(length + 16, fill)
          sealer.seal(KEY, nonce, bytes, 0, length, beside)
          const [forged, at] = [Buffer.from(bytes), place % bytes.length]
          forged[at] = (forged[at] ?? 0) ^ 1
          assert.throws(() => opener.open(KEY, nonce, forged, 0, forged.length, beside))
          assert.throws(() =>
            opener.open(KEY, nonce, Buffer.from(bytes), 0, bytes.length, Buffer.from('x'.repeat(101))),
          )
          assert.ok(Buffer.alloc(length, fill).equals(opener.open(KEY, nonce, bytes, 0, bytes.length, beside)))
        }),
      )
    })
  }
}

for (const by of EVERY) {
  test(`${by.name}: what is sealed in place is opened in place, what lies around it stays, and all know each other`, () => {
    const other = by === runtimeAead ? aead : runtimeAead
    const around = fc.uint8Array({ maxLength: 40 })
    fc.assert(
      fc.property(around, fc.uint8Array({ maxLength: 3000 }), around, (before, plaintext, behind) => {
        const bytes = Buffer.concat([before, plaintext, Buffer.alloc(16), behind])
        const [start, end] = [before.length, before.length + plaintext.length]
        new CipherState(KEY, 5n, by).sealInPlace(bytes, start, end)
        const pure = pureJsCrypto.chaCha20Poly1305Encrypt(plaintext, nonceOf(5n), new Uint8Array(), KEY).subarray()
        assert.deepEqual(bytes, Buffer.concat([before, pure, behind]))
        new CipherState(KEY, 5n, other).openInPlace(bytes, start, end + 16)
        assert.deepEqual(bytes.subarray(start, end), Buffer.from(plaintext))
        assert.deepEqual(
          [bytes.subarray(0, start), bytes.subarray(end + 16)],
          [Buffer.from(before), Buffer.from(behind)],
        )
      }),
    )
  })

  test(`${by.name}: a byte that was changed, anywhere, is not opened in place`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (plaintext, place) => {
        const bytes = Buffer.concat([plaintext, Buffer.alloc(16)])
        new CipherState(KEY, 0n, by).sealInPlace(bytes, 0, plaintext.length)
        const at = place % bytes.length
        bytes[at] = (bytes[at] ?? 0) ^ 1
        assert.throws(() => new CipherState(KEY, 0n, by).openInPlace(bytes, 0, bytes.length))
      }),
    )
  })
}

test('what is sealed the pure implementation opens, and the other way round, message after message', () => {
  const text = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), text, fc.bigInt(0n, 2n ** 64n - 10n), (messages, ad, first) => {
      const [sealing, opening] = [new CipherState(KEY, first), new CipherState(KEY, first)]
      for (const [at, message] of messages.entries()) {
        const nonce = nonceOf(first + BigInt(at))
        const sealed = sealing.encrypt(message, ad)
        const pure = pureJsCrypto.chaCha20Poly1305Encrypt(message, nonce, ad, KEY).subarray()
        assert.deepEqual(Buffer.from(sealed), Buffer.from(pure))
        assert.deepEqual(opening.decrypt(sealed, ad), Buffer.from(message))
      }
    }),
  )
})

for (const first of [254n, 65_534n, 2n ** 32n - 2n, 2n ** 56n - 2n]) {
  test(`the count goes over ${first} by whole bytes`, () => {
    const cipher = new CipherState(KEY, first)
    for (let count = first; count < first + 4n; count++) {
      const pure = pureJsCrypto.chaCha20Poly1305Encrypt(Buffer.from('x'), nonceOf(count), new Uint8Array(), KEY)
      assert.deepEqual(cipher.encrypt(Buffer.from('x'), new Uint8Array()), Buffer.from(pure.subarray()))
    }
  })
}

test('the last nonce is never used, however often one asks', () => {
  const cipher = new CipherState(KEY, 2n ** 64n - 2n)
  const bytes = Buffer.alloc(16)
  cipher.sealInPlace(bytes, 0, 0)
  for (let i = 0; i < 3; i++) assert.throws(() => cipher.sealInPlace(bytes, 0, 0), /every nonce/)
  assert.throws(() => new CipherState(KEY, 2n ** 64n - 1n).openInPlace(bytes, 0, 16), /every nonce/)
})

test('a byte that was changed, anywhere, is not opened; nor what is too short for a tag', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (plaintext, place) => {
      const sealed = new CipherState(KEY).encrypt(plaintext, KEY)
      const at = place % sealed.length
      sealed[at] = (sealed[at] ?? 0) ^ 1
      assert.throws(() => new CipherState(KEY).decrypt(sealed, KEY))
    }),
  )
  for (const length of [0, 1, 15]) assert.throws(() => new CipherState(KEY).decrypt(new Uint8Array(length), KEY))
})
