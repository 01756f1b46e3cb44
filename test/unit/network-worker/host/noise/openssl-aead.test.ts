import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSslAead } from '../../../../../src/network-worker/host/noise/openssl-aead.ts'

const KEY = new Uint8Array(32)
const NONCE = new Uint8Array(12)
const ROOM = new Uint8Array(100)

for (const [name, key, nonce, start, end] of [
  ['a key that is cut short', KEY.subarray(1), NONCE, 0, 10],
  ['a nonce that is too long', KEY, new Uint8Array(13), 0, 10],
  ['a tag beyond the room', KEY, NONCE, 0, 85],
  ['a place before the room', KEY, NONCE, -1, 10],
  ['an end before its start', KEY, NONCE, 20, 10],
  ['no number', KEY, NONCE, Number.NaN, 10],
] as const) {
  test(`${name} does not reach the C code that seals`, () => {
    const room = ROOM.slice()
    assert.throws(() => openSslAead?.seal(key, nonce, room, start, end), RangeError)
    assert.deepEqual(room, ROOM)
  })
}

for (const [name, start, end] of [
  ['a tag beyond the room', 0, 101],
  ['a frame without a tag', 0, 15],
  ['a place before the room', -1, 40],
] as const) {
  test(`${name} does not reach the C code that opens`, () => {
    assert.throws(() => openSslAead?.open(KEY, NONCE, ROOM.slice(), start, end), RangeError)
  })
}

test('memory that was given away is not written to', () => {
  const room = new Uint8Array(100)
  structuredClone(room, { transfer: [room.buffer] })
  assert.throws(() => openSslAead?.seal(KEY, NONCE, room, 0, 10), RangeError)
})
