import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodePeers } from './prysm-debug.ts'

function bytesField(number: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes])
}

function varintField(number: number, value: number): Buffer {
  return Buffer.of(number << 3, value)
}

function floatField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes[0] = (number << 3) | 5
  bytes.writeFloatLE(value, 1)
  return bytes
}

const TOPIC = Buffer.concat([
  bytesField(1, 'blocks'),
  bytesField(2, Buffer.concat([varintField(1, 9), floatField(4, 2)])),
])
const CLEAN_TOPIC = Buffer.concat([bytesField(1, 'votes'), bytesField(2, floatField(2, 7))])
const SCORE = Buffer.concat([bytesField(4, TOPIC), bytesField(4, CLEAN_TOPIC), floatField(5, -112.5), floatField(6, 3)])
const PEER = Buffer.concat([
  bytesField(1, '/ip4/127.0.0.1'),
  varintField(3, 2),
  bytesField(4, 'peer'),
  bytesField(6, Buffer.concat([bytesField(3, 'a protocol'), varintField(4, 5)])),
  bytesField(9, SCORE),
])

test('peers as Prysm lists them', () => {
  const [peer, empty, ...others] = decodePeers(Buffer.concat([bytesField(1, PEER), bytesField(1, '')]))
  assert.deepEqual(peer, {
    peerId: 'peer',
    isConnected: true,
    faults: 5,
    gossipScore: -112.5,
    behaviourPenalty: 3,
    invalidDeliveries: { blocks: 2 },
  })
  assert.equal(empty?.isConnected, false)
  assert.deepEqual(others, [])
})

test('any bytes are peers, or an error', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        assert.ok(decodePeers(bytes).length <= bytes.length)
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof RangeError))
      }
    }),
  )
})
