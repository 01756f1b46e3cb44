import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { NH_KEY_BYTES, NhHash } from '../../../../../src/network-worker/gossip/ids/nh-hash.ts'

const BLOCK_BYTES = 4096
const SHIFT_BYTES = 16

/** NH as RFC 4418 has it, section 5.2.2, but for its byte order and the length that is added there. */
function nh(key: Buffer, block: Buffer): bigint {
  let sum = 0n
  for (let at = 0; at < block.length; at += 32) {
    for (let word = at; word < at + 16; word += 4) {
      const left = (block.readUInt32LE(word) + key.readUInt32LE(word)) >>> 0
      const right = (block.readUInt32LE(word + 16) + key.readUInt32LE(word + 16)) >>> 0
      sum += BigInt(left) * BigInt(right)
    }
  }
  return BigInt.asUintN(64, sum)
}

function expected(key: Buffer, data: Uint8Array): Buffer {
  const blocks = Array.from({ length: Math.ceil(data.length / BLOCK_BYTES) }, (_, i) => {
    const block = data.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES)
    const filled = Buffer.alloc(Math.ceil(block.length / 32) * 32)
    filled.set(block)
    const sums = Buffer.alloc(16)
    sums.writeBigUInt64LE(nh(key, filled), 0)
    sums.writeBigUInt64LE(nh(key.subarray(SHIFT_BYTES), filled), 8)
    return sums
  })
  return Buffer.concat([...blocks, lengthOf(data)])
}

test('property: of any data the sums of its definition, whatever was hashed before', () => {
  const key = randomBytes(NH_KEY_BYTES)
  const hash = new NhHash(key)
  const lengths = fc.oneof(
    fc.nat({ max: 200 }),
    fc.nat({ max: 3 * BLOCK_BYTES }),
    fc.constantFrom(4095, 4096, 4097, 32_767, 32_768, 32_769, 66_000, 120_000),
  )
  fc.assert(
    fc.property(lengths, (length) => {
      const data = randomBytes(length)
      assert.equal(Buffer.compare(hash.compress(data), expected(key, data)), 0)
    }),
    { numRuns: 200 },
  )
})

test('words that are all ones, in the key and in the data', () => {
  const key = Buffer.alloc(NH_KEY_BYTES, 0xff)
  for (const byte of [0, 1, 0xff]) {
    const data = new Uint8Array(10_000).fill(byte)
    assert.equal(Buffer.compare(new NhHash(key).compress(data), expected(key, data)), 0)
  }
})

test('zeros behind the data make another one of it', () => {
  const hash = new NhHash(randomBytes(NH_KEY_BYTES))
  const sums = [0, 1, 31, 32, 33, 4095, 4096, 4097].map((length) =>
    Buffer.from(hash.compress(new Uint8Array(length))).toString('hex'),
  )
  assert.equal(new Set(sums).size, sums.length)
})

test('the longest RPC fits', () => {
  const key = randomBytes(NH_KEY_BYTES)
  const data = Buffer.alloc(12_300_000, 'abcdefg')
  const sums = new NhHash(key).compress(data)
  assert.equal(sums.length, Math.ceil(data.length / BLOCK_BYTES) * 16 + 8)
  const last = data.subarray(Math.floor(data.length / BLOCK_BYTES) * BLOCK_BYTES)
  const ofLast = Buffer.concat([expected(key, last).subarray(0, 16), lengthOf(data)])
  assert.equal(Buffer.compare(sums.subarray(-24), ofLast), 0)
})

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(length)
  return bytes
}
