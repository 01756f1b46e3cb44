import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'

/** Unsigned varint by the multiformats specification, written without a look at the encoder. */
function readVarint(bytes: Uint8Array): { readonly value: bigint; readonly length: number } {
  let value = 0n
  for (const [index, byte] of bytes.entries()) {
    value += BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return { value, length: index + 1 }
  }
  throw new Error('unterminated')
}

test('an independent decoder reads back the length and finds the RPC untouched behind it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (rpc) => {
      const frame = prefixWithLength(rpc)
      const { value, length } = readVarint(frame)
      assert.equal(value, BigInt(rpc.length))
      assert.deepEqual(frame.subarray(length), rpc)
    }),
  )
})

test('lengths on both sides of each varint boundary take the shortest form', () => {
  for (const [rpcBytes, headerBytes] of [
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2_097_151, 3],
    [2_097_152, 4],
  ] as const) {
    const frame = prefixWithLength(new Uint8Array(rpcBytes))
    assert.equal(frame.length, headerBytes + rpcBytes)
    assert.deepEqual(readVarint(frame), { value: BigInt(rpcBytes), length: headerBytes })
  }
})
