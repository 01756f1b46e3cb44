import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import fc from 'fast-check'
import { isPeerId, isPeerIdForm } from '../../../src/shared/peer-id-form.ts'
import { base58Text } from '../config/base58-text.ts'

function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length })
}

test('ids of real keys are peer ids', async () => {
  for (const type of ['secp256k1', 'Ed25519'] as const) {
    const id = peerIdFromPrivateKey(await generateKeyPair(type)).toString()
    assert.ok(isPeerIdForm(id), id)
  }
  assert.ok(isPeerIdForm('QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'))
  assert.ok(isPeerIdForm('16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'))
})

test('what looks like one and is none', () => {
  for (const text of [
    '',
    '1',
    'Qm',
    '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56', // the last letter is missing
    '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N560', // 0 is no letter of base58
    'bafzaajaiaejcbzdibmxyzdjbbehgvizh6g5tikvy47mshdy6gwdkk3pzj4jj7xkm', // a CID: one peer has one name
    'enr:-abc',
    '1'.repeat(46),
    '1'.repeat(100_000),
  ]) {
    assert.equal(isPeerIdForm(text), false, text.slice(0, 80))
  }
})

test('any SHA-256 multihash is one, and of no other length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 48 }), fc.nat(255), (hash, announced) => {
      const id = base58Text(Uint8Array.of(0x12, announced, ...hash))
      assert.equal(isPeerIdForm(id), announced === 32 && hash.length === 32)
    }),
  )
  fc.assert(
    fc.property(bytesOf(32), (hash) => {
      const id = base58Text(Uint8Array.of(0x12, 32, ...hash))
      assert.ok(isPeerIdForm(id))
      assert.equal(peerIdFromString(id).toString(), id, 'the worker reads it too, as the same text')
    }),
  )
})

test('an identity multihash is one when it holds the protobuf of a short key', () => {
  const isKey = (head: readonly number[], length: number): boolean =>
    (head.join() === '8,1,18,32' && length === 32) || (head.join() === '8,2,18,33' && length === 33)
  fc.assert(
    fc.property(
      fc.constantFrom([8, 1, 18, 32], [8, 2, 18, 33], [8, 0, 18, 32], [8, 3, 18, 33], [10, 2, 18, 33]),
      fc.uint8Array({ minLength: 31, maxLength: 34 }),
      (head, key) => {
        const id = base58Text(Uint8Array.of(0, 4 + key.length, ...head, ...key))
        assert.equal(isPeerIdForm(id), isKey(head, key.length))
      },
    ),
  )
})

test('an id of the right form is a peer id where libp2p has a key for it', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const ids = fc.oneof(
    fc.tuple(fc.constantFrom(2, 3, 4), key).map(([sign, x]) => Uint8Array.of(0, 37, 8, 2, 18, 33, sign, ...x)),
    key.map((bytes) => Uint8Array.of(0, 36, 8, 1, 18, 32, ...bytes)),
    key.map((bytes) => Uint8Array.of(18, 32, ...bytes)),
  )
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(ids.map(base58Text), (id) => {
      seen.add(isPeerId(id))
      if (isPeerId(id)) assert.equal(peerIdFromString(id).toString(), id)
      else assert.throws(() => peerIdFromString(id))
    }),
  )
  assert.equal(seen.size, 2)
  assert.equal(isPeerId('nobody'), false)
})

test('any text is answered, and only base58 of the right length with yes', () => {
  const letter = fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: letter, minLength: 40, maxLength: 62 }),
    fc.string({ unit: letter, minLength: 44, maxLength: 45 }).map((rest) => `Q${rest}`),
  )
  fc.assert(
    fc.property(text, (candidate) => {
      if (isPeerIdForm(candidate)) assert.match(candidate, /^(Qm|1)[1-9A-HJ-NP-Za-km-z]{44,52}$/)
    }),
    { numRuns: 1000 },
  )
})
