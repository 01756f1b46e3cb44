import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createFastMessageId } from '../../../../../src/network-worker/gossip/ids/fast-message-id.ts'

/** Multipliers of xxHash64, and what its first one makes of a flipped top bit by the next round, up to the sign. */
const PRIME_1 = 11400714785074694791n
const PRIME_2 = 14029467366897019727n
const MODULUS = 1n << 64n

for (const length of [5, 256, 257, 120_000]) {
  const bytes = Uint8Array.from({ length }, (_, at) => at % 251)

  test(`${length} bytes: equal ones on one topic have one id`, () => {
    const fastMessageId = createFastMessageId()
    assert.equal(fastMessageId('/a', bytes), fastMessageId('/a', Uint8Array.from(bytes)))
    assert.ok(Number.isSafeInteger(fastMessageId('/a', bytes)))
  })

  test(`${length} bytes: equal ones on two topics are two messages`, () => {
    const fastMessageId = createFastMessageId()
    assert.notEqual(fastMessageId('/a', bytes), fastMessageId('/b', bytes))
  })

  test(`${length} bytes: keys are of the instance, nobody can prepare a collision beforehand`, () => {
    const [first, second] = [createFastMessageId(), createFastMessageId()]
    assert.notEqual(first('/a', bytes), second('/a', bytes))
  })

  test(`${length} bytes: more topics than keys are kept for change no id`, () => {
    const fastMessageId = createFastMessageId()
    const before = fastMessageId('/kept', bytes)
    for (let topic = 0; topic < 3000; topic++) fastMessageId(`/${topic}`, bytes.subarray(0, 5))
    assert.equal(fastMessageId('/kept', bytes), before)
  })

  test(`${length} bytes: another id for every bit that is changed, and for a byte more or less`, () => {
    const fastMessageId = createFastMessageId()
    const bits =
      length > 5000 ? fc.sample(fc.nat(8 * length - 1), 2000) : Array.from({ length: 8 * length }, (_, at) => at)
    const ids = new Set([fastMessageId('/a', bytes), fastMessageId('/a', bytes.subarray(1))])
    ids.add(fastMessageId('/a', Buffer.concat([bytes, Uint8Array.of(0)])))
    const changed = Buffer.from(bytes)
    const flip = (bit: number): void => {
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    }
    for (const bit of new Set(bits)) {
      flip(bit)
      ids.add(fastMessageId('/a', changed))
      flip(bit)
    }
    assert.equal(ids.size, 3 + new Set(bits).size)
  })
}

test('different bytes have different ids over a sample, lengths and topics mixed', () => {
  const fastMessageId = createFastMessageId()
  const messages = fc.record({ topic: fc.constantFrom('/a', '/b', '/c'), data: fc.uint8Array({ maxLength: 64 }) })
  const sample = fc.sample(messages, 5000)
  const inputs = new Set(sample.map(({ topic, data }) => `${topic}:${Buffer.from(data).toString('hex')}`))
  const ids = new Set(sample.map(({ topic, data }) => fastMessageId(topic, data)))
  assert.equal(ids.size, inputs.size)
})

test('another message of the same id cannot be made of one, as it can for xxHash with any seed', () => {
  const fastMessageId = createFastMessageId()
  const difference = ((1n << 30n) * PRIME_1 * inverse(PRIME_2)) % MODULUS
  for (let n = 0; n < 50; n++) {
    const message = Buffer.from(fc.sample(fc.uint8Array({ minLength: 240, maxLength: 240 }), 1)[0] ?? [])
    for (const change of [difference, MODULUS - difference]) {
      const forged = Buffer.from(message)
      forged.writeUInt8(message.readUInt8(135) ^ 0x80, 135)
      forged.writeBigUInt64LE((message.readBigUInt64LE(160) + change) % MODULUS, 160)
      assert.notEqual(fastMessageId('/a', forged), fastMessageId('/a', message))
    }
  }
})

/** Of an odd number, modulo 2⁶⁴, by Newton's iteration. */
function inverse(odd: bigint): bigint {
  let guess = 1n
  for (let round = 0; round < 7; round++) guess = BigInt.asUintN(64, guess * (2n - odd * guess))
  return guess
}
