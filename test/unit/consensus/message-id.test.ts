import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { messageId } from '../../../src/consensus/message-id.ts'
import { FORK_NAMES, type ForkName } from '../../../src/consensus/network-config.ts'

const TOPIC = '/eth2/8c9f62fe/beacon_block/ssz_snappy'

/** The rule written once more over Web Crypto and one concatenation. */
async function expected(topic: string, data: Uint8Array, isValid: boolean, fork: ForkName): Promise<string> {
  const domain = isValid ? [1, 0, 0, 0] : [0, 0, 0, 0]
  const name = [...new TextEncoder().encode(topic)]
  const length = new Uint8Array(new BigUint64Array([BigInt(name.length)]).buffer)
  const prefix = fork === 'phase0' ? domain : [...domain, ...length, ...name]
  const digest = await webcrypto.subtle.digest('SHA-256', Uint8Array.from([...prefix, ...data]))
  return Buffer.from(digest).toString('hex').slice(0, 40)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('phase0 hashes domain and data only', () => {
  // printf '\x01\x00\x00\x00abc' | sha256sum
  const id = messageId(TOPIC, new Uint8Array(), new TextEncoder().encode('abc'), 'phase0')
  assert.equal(hex(id), '3bf37c3c6ed7cf7b3e2cf548695e9fa4201c82a1')
  assert.deepEqual(messageId('another topic', new Uint8Array(), new TextEncoder().encode('abc'), 'phase0'), id)
})

test('from altair on the topic is mixed in', () => {
  // { printf '\x01\x00\x00\x00\x26\x00\x00\x00\x00\x00\x00\x00'; printf '/eth2/…/ssz_snappy'; printf abc; } | sha256sum
  const id = messageId(TOPIC, new Uint8Array(), new TextEncoder().encode('abc'), 'fulu')
  assert.equal(hex(id), '346db108233adf907fb5f471399be74446ac9996')
})

test('the id owns its 20 bytes', () => {
  const id = messageId(TOPIC, new Uint8Array(), new Uint8Array(300), 'fulu')
  assert.equal(id.buffer.byteLength, 20)
})

test('valid and invalid snappy of the same data have different ids', () => {
  const data = Uint8Array.of(1, 2, 3)
  assert.notDeepEqual(messageId(TOPIC, data, data, 'fulu'), messageId(TOPIC, data, undefined, 'fulu'))
})

test('property: equal to the rule for any topic, data and fork, whatever path the length takes', async () => {
  const topics = fc.oneof(
    fc.constant(TOPIC),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ minLength: 1300, maxLength: 1500 }),
  )
  const sizes = fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: 4000, max: 4200 }), fc.constant(70_000))
  await fc.assert(
    fc.asyncProperty(
      topics,
      sizes,
      fc.nat({ max: 255 }),
      fc.boolean(),
      fc.constantFrom(...FORK_NAMES),
      async (topic, size, fill, isValid, fork) => {
        const data = new Uint8Array(size).fill(fill)
        const id = isValid ? messageId(topic, Uint8Array.of(9), data, fork) : messageId(topic, data, undefined, fork)
        assert.equal(hex(id), await expected(topic, data, isValid, fork))
      },
    ),
    { numRuns: 200 },
  )
})
