/** A session that went well, with bytes of it changed: it goes on or is ended as the protocol has it, and nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameDecoder } from '../../../../../src/network-worker/host/yamux/frame-decoder.ts'
import { YamuxProtocolError } from '../../../../../src/network-worker/host/yamux/yamux-error.ts'
import { cutAt, mutated } from '../../../../support/mutated-bytes.ts'
import { dataFrame, FIN, frame, SYN } from './frames.ts'
import { ByHand } from './muxer-pair.ts'

const WINDOW = 256 * 1024
/** Streams of the other side in one session; ids of those that a client opens are odd. */
const MAX_STREAMS = 8

const ids = fc.array(fc.nat(MAX_STREAMS - 1), { minLength: 1, maxLength: 12 })
/** Streams are opened, written to and ended in any order, and asked for round trips between. */
const session = fc.tuple(ids, fc.uint8Array({ maxLength: 300 })).map(([turns, data]) => {
  const opened = new Set<number>()
  const frames = turns.flatMap((turn, at) => {
    const id = 2 * turn + 1
    const flags = opened.has(id) ? 0 : SYN
    opened.add(id)
    return [dataFrame(id, data, flags), frame(2, SYN, 0, at), frame(1, 0, id, data.length)]
  })
  for (const id of opened) frames.push(frame(1, FIN, id, 0))
  return new Uint8Array(Buffer.concat(frames))
})

test('the decoder knows one error, and tells no more bytes than came', () => {
  fc.assert(
    fc.property(mutated(session), fc.array(fc.nat()), (bytes, places) => {
      let told = 0
      const decoder = new FrameDecoder({
        onHeader: () => {
          told += 12
        },
        onPayload: (piece) => {
          told += piece.length
        },
        onDataEnd: () => undefined,
      })
      try {
        for (const piece of cutAt(bytes, places)) decoder.push(piece)
      } catch (error) {
        assert.ok(error instanceof YamuxProtocolError)
      }
      assert.ok(told <= bytes.length)
    }),
    { numRuns: 500 },
  )
})

test('the muxer holds no more than the windows, and no stream of a session that has ended', () => {
  fc.assert(
    fc.property(mutated(session), fc.array(fc.nat()), (bytes, places) => {
      const hand = new ByHand({ maxInboundStreams: MAX_STREAMS })
      for (const piece of cutAt(bytes, places)) hand.send(piece)
      assert.ok(hand.muxer.streams.length <= MAX_STREAMS)
      for (const stream of hand.accepted) assert.ok(stream.readBufferLength <= WINDOW)
      if (hand.muxer.status === 'closed') assert.equal(hand.muxer.streams.length, 0)
      else assert.equal(hand.muxer.status, 'open')
    }),
    { numRuns: 300 },
  )
})
