import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultCrypto } from '@chainsafe/enr'
import fc from 'fast-check'
import { SignatureMemory } from '../../../src/discovery-worker/verified-signatures.ts'

const SECRET_KEY = new Uint8Array(32).fill(3)
const PUBLIC_KEY = defaultCrypto.publicKey(SECRET_KEY)
const MESSAGE = new Uint8Array(100).fill(4)
const SIGNATURE = defaultCrypto.sign(SECRET_KEY, MESSAGE)

describe('SignatureMemory', () => {
  test('works a signature out once, and an id', () => {
    const memory = new SignatureMemory()
    for (let i = 0; i < 100; i++) assert.equal(memory.verify(PUBLIC_KEY, MESSAGE, SIGNATURE), true)
    assert.deepEqual([memory.computed, memory.remembered], [1, 99])
    for (let i = 0; i < 3; i++) assert.equal(memory.nodeId(PUBLIC_KEY), defaultCrypto.nodeId(PUBLIC_KEY))
    assert.equal(memory.size, 1)
  })

  test('what does not fit is never remembered', () => {
    const memory = new SignatureMemory()
    const forged = Uint8Array.from(SIGNATURE, (byte, i) => (i === 40 ? byte ^ 1 : byte))
    for (let i = 0; i < 3; i++) assert.equal(memory.verify(PUBLIC_KEY, MESSAGE, forged), false)
    assert.deepEqual([memory.computed, memory.size], [3, 0])
    assert.throws(() => memory.nodeId(new Uint8Array(33)))
    assert.equal(memory.size, 0)
  })

  test('property: bytes moved from one part to the next are another question', () => {
    const memory = new SignatureMemory()
    memory.verify(PUBLIC_KEY, MESSAGE, SIGNATURE)
    const all = Buffer.concat([PUBLIC_KEY, MESSAGE, SIGNATURE])
    fc.assert(
      fc.property(fc.nat(all.length), fc.nat(all.length), (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)]
        fc.pre(first !== PUBLIC_KEY.length || second !== PUBLIC_KEY.length + MESSAGE.length)
        const parts = [all.subarray(0, first), all.subarray(first, second), all.subarray(second)] as const
        let isValid = false
        try {
          isValid = memory.verify(...parts)
        } catch {
          // The library throws on some that are no keys or signatures; its callers expect that.
        }
        assert.equal(isValid, false)
        assert.equal(memory.remembered, 0)
      }),
    )
  })
})
