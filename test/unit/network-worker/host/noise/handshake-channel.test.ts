import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidCryptoExchangeError } from '@libp2p/interface'
import fc from 'fast-check'
import { HandshakeChannel } from '../../../../../src/network-worker/host/noise/handshake-channel.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'
import { cutAt } from '../../../../support/mutated-bytes.ts'

/** What is kept at most of an eager peer. */
const MAX_WAITING_BYTES = 1024 * 1024

function framed(message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 0xff), message])
}

test('messages come whole, in order, however they are cut, and what is behind the last is given back', async () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(65_535).map((n) => new Uint8Array(n).fill(n % 251)),
  )
  const messages = fc.array(message, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(messages, fc.uint8Array(), fc.array(fc.nat()), async (sent, behind, places) => {
      const [end] = WireEnd.pair()
      const channel = new HandshakeChannel(end)
      const reading = Promise.all(sent.map(() => undefined)).then(async () => {
        const read: Uint8Array[] = []
        while (read.length < sent.length) read.push(Uint8Array.from(await channel.read(undefined)))
        return read
      })
      for (const piece of cutAt(Buffer.concat([...sent.map(framed), behind]), places)) {
        end.deliverHere(piece)
        await Promise.resolve()
      }
      assert.deepEqual(
        await reading,
        sent.map((bytes) => Uint8Array.from(bytes)),
      )
      assert.deepEqual(Uint8Array.from(channel.finish()), behind)
    }),
    { numRuns: 60 },
  )
})

test('any bytes are messages, or a wait that ends with the connection; more than is kept is an error', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 400 }),
    fc.constant(new Uint8Array(400_000).fill(255)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
      const [end] = WireEnd.pair()
      const channel = new HandshakeChannel(end)
      let came = 0
      for (const bytes of pieces) {
        came += bytes.length
        end.deliverHere(Uint8Array.from(bytes))
      }
      end.abort(new Error('gone'))
      let read = 0
      const all = async (): Promise<never> => {
        for (;;) read += 2 + (await channel.read(undefined)).length
      }
      await assert.rejects(all(), InvalidCryptoExchangeError)
      assert.ok(read <= Math.min(came, MAX_WAITING_BYTES))
      assert.throws(() => channel.finish(), InvalidCryptoExchangeError)
    }),
    { numRuns: 100 },
  )
})
