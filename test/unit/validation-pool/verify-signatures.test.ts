import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createKeyRing } from '../../../src/demo/keys.ts'
import { answerTo, verifySignatures } from '../../../src/validation-pool/jobs/verify-signatures.ts'
import {
  IS_BAD_KEY,
  IS_WRONG,
  packSets,
  SET_BYTES,
  type SignatureBytes,
} from '../../../src/validation-pool/signature-sets.ts'

const keys = createKeyRing()
const infinity = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i === 0 ? 0xc0 : 0))
/** x = 4: on the curve of G1, and not in its subgroup; flags of the compressed form. */
const OUTSIDE_G1 = Uint8Array.from({ length: 48 }, (_, i) => (i === 0 ? 0x80 : i === 47 ? 4 : 0))
/** x = 2 of the second curve: likewise of G2. */
const OUTSIDE_G2 = Uint8Array.from({ length: 96 }, (_, i) => (i === 0 ? 0x80 : i === 95 ? 2 : 0))

function set(validator: number, root = validator): SignatureBytes {
  const signingRoot = new Uint8Array(32).fill(root)
  return { pubkey: keys.publicKeyBytes(validator), signingRoot, signature: keys.sign(validator, signingRoot).toBytes() }
}

function answers(sets: readonly SignatureBytes[]): number[] {
  return [...verifySignatures({ sets: packSets(sets) })]
}

test('true signatures, one and many', () => {
  assert.deepEqual(answers([]), [])
  assert.deepEqual(answers([set(1)]), [1])
  assert.deepEqual(answers(Array.from({ length: 40 }, (_, i) => set(i))), Array(40).fill(1))
})

test('of 64 signatures the one that is wrong is found', () => {
  const sets = Array.from({ length: 64 }, (_, i) => set(i))
  for (const bad of [0, 15, 16, 63]) {
    const mixed = sets.map((good, i) => (i === bad ? { ...good, signature: set(i, 200).signature } : good))
    assert.deepEqual(
      answers(mixed),
      mixed.map((_, i) => (i === bad ? 0 : 1)),
      `number ${bad}`,
    )
  }
})

test('wrong ones that make up for each other are found', () => {
  // Of one root, with the signatures exchanged, the sum of both is right.
  const [a, b] = [set(1, 7), set(2, 7)]
  const exchanged = [{ ...a, signature: b.signature }, { ...b, signature: a.signature }, set(3)]
  assert.deepEqual(answers(exchanged), [0, 0, 1])
})

const WRONG: readonly (readonly [string, Partial<SignatureBytes>])[] = [
  ['another root', { signingRoot: new Uint8Array(32) }],
  ['another key', { pubkey: keys.publicKeyBytes(8) }],
  ['a signature at infinity', { signature: infinity(96) }],
  ['a signature that is not in the subgroup', { signature: OUTSIDE_G2 }],
  ['a signature of zeroes', { signature: new Uint8Array(96) }],
]

/** Whose signature is right or wrong nobody can say. */
const BAD_KEYS: readonly (readonly [string, Partial<SignatureBytes>])[] = [
  ['a key at infinity', { pubkey: infinity(48) }],
  ['key and signature at infinity', { pubkey: infinity(48), signature: infinity(96) }],
  ['a key that is not in the subgroup', { pubkey: OUTSIDE_G1 }],
  ['a key that is no point', { pubkey: new Uint8Array(48).fill(0xff) }],
  ['a key of zeroes under a signature of zeroes', { pubkey: new Uint8Array(48), signature: new Uint8Array(96) }],
]

for (const [name, change] of WRONG) {
  test(`refused, alone and between others: ${name}`, () => {
    const wrong = { ...set(5), ...change }
    assert.equal(answerTo(wrong), false)
    assert.deepEqual(answers([wrong]), [IS_WRONG])
    assert.deepEqual(answers([set(1), wrong, set(2)]), [1, IS_WRONG, 1])
  })
}

for (const [name, change] of BAD_KEYS) {
  test(`neither right nor wrong, alone and between others: ${name}`, () => {
    const unknown = { ...set(5), ...change }
    assert.equal(answerTo(unknown), 'bad_key')
    assert.deepEqual(answers([unknown]), [IS_BAD_KEY])
    assert.deepEqual(answers([set(1), unknown, set(2)]), [1, IS_BAD_KEY, 1])
  })
}

test('any bytes have an answer for each whole set, and throw nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 * SET_BYTES }), (bytes) => {
      const result = verifySignatures({ sets: Uint8Array.from(bytes) })
      assert.equal(result.length, Math.floor(bytes.length / SET_BYTES))
      assert.ok(result.every((answer) => answer === IS_WRONG || answer === IS_BAD_KEY))
    }),
  )
})
