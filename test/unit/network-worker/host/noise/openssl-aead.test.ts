import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSslAead } from '../../../../../src/network-worker/host/noise/openssl-aead.ts'

const KEY = new Uint8Array(32)
const NONCE = new Uint8Array(12)
const ROOM = new Uint8Array(70_000)
/** That it is there on the machines we build for is tested with the others (cipher-state.test.ts). */
const OPTIONS = { skip: openSslAead === undefined }

for (const [name, key, nonce, start, end] of [
  ['a key that is cut short', KEY.subarray(1), NONCE, 0, 10],
  ['a nonce that is too long', KEY, new Uint8Array(13), 0, 10],
  ['a tag beyond the room', KEY, NONCE, 69_900, 69_985],
  ['a place before the room', KEY, NONCE, -1, 10],
  ['an end before its start', KEY, NONCE, 20, 10],
  ['no number', KEY, NONCE, Number.NaN, 10],
  ['more than the longest frame', KEY, NONCE, 0, 65_520],
] as const) {
  test(`${name} does not reach the C code that seals`, OPTIONS, () => {
    const room = ROOM.slice()
    assert.throws(() => openSslAead?.seal(key, nonce, room, start, end), RangeError)
    assert.deepEqual(room, ROOM)
  })
}

for (const [name, start, end] of [
  ['a tag beyond the room', 69_990, 70_001],
  ['a frame without a tag', 0, 15],
  ['a place before the room', -1, 40],
  ['more than the longest frame', 0, 65_536],
] as const) {
  test(`${name} does not reach the C code that opens`, OPTIONS, () => {
    assert.throws(() => openSslAead?.open(KEY, NONCE, ROOM.slice(), start, end), RangeError)
  })
}

test('more beside a frame than any handshake has does not reach the C code', OPTIONS, () => {
  assert.throws(() => openSslAead?.seal(KEY, NONCE, ROOM.slice(), 0, 10, ROOM), RangeError)
  assert.throws(() => openSslAead?.open(KEY, NONCE, ROOM.slice(), 0, 30, ROOM), RangeError)
})

test('memory that was given away is not written to', OPTIONS, () => {
  const room = new Uint8Array(100)
  structuredClone(room, { transfer: [room.buffer] })
  assert.throws(() => openSslAead?.seal(KEY, NONCE, room, 0, 10), RangeError)
})

test('of a frame whose tag does not fit nothing can be read', OPTIONS, () => {
  const room = Buffer.alloc(2016, 'secret')
  openSslAead?.seal(KEY, NONCE, room, 0, 2000)
  room.writeUInt8(room.readUInt8(2015) ^ 1, 2015)
  assert.throws(() => openSslAead?.open(KEY, NONCE, room, 0, 2016))
  assert.deepEqual(room.subarray(0, 2000), Buffer.alloc(2000))
})
