/** Streams of a muxer of ours that are told of once it is agreed what for, and a client that is written by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { MAX_PROPOSALS } from '../../../../../src/network-worker/host/negotiation/agreed-protocol.ts'
import { negotiatedStreams } from '../../../../../src/network-worker/host/negotiation/negotiated-streams.ts'
import { encodedProposal } from '../../../../../src/network-worker/host/negotiation/proposal-reader.ts'
import { ownYamux } from '../../../../../src/network-worker/host/yamux/own-yamux.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'
import { dataFrame, FIN, frame, framesIn, RST, SYN } from '../yamux/frames.ts'

const PROTOCOL = '/meshsub/1.2.0'
const HELLO = Buffer.concat(['/multistream/1.0.0', PROTOCOL].map(encodedProposal))
const MIB = 1024 * 1024

function scene(isHeard = true) {
  const [, end] = WireEnd.pair(1)
  const clock = new FakeClock()
  const muxer = negotiatedStreams(
    ownYamux({}, clock),
    clock,
  )({ registrar: { getProtocols: () => [PROTOCOL] } }).createStreamMuxer(end)
  const told: Stream[] = []
  const listen = (): void => muxer.addEventListener('stream', ({ detail }) => void told.push(detail))
  if (isHeard) listen()
  end.waiting.length = 0 // its first ping
  return { end, clock, muxer, told, listen, turn: () => new Promise((resolve) => setImmediate(resolve)) }
}

test('a stream is told of when it has its protocol, with what came behind', async () => {
  const { end, told, turn } = scene()
  end.deliverHere(dataFrame(1, HELLO.subarray(0, 30), SYN))
  await turn()
  assert.equal(told.length, 0)
  end.deliverHere(dataFrame(1, Buffer.concat([HELLO.subarray(30), Buffer.from('and more')])))
  await turn()
  assert.equal(told[0]?.protocol, PROTOCOL)
  assert.equal(told[0].readBufferLength, 8)
})

test('a request that came whole before anybody listened is told of', async () => {
  const { end, told, listen, turn } = scene(false)
  end.deliverHere(dataFrame(1, Buffer.concat([HELLO, Buffer.from('all')]), SYN | FIN))
  listen()
  await turn()
  assert.equal(told[0]?.protocol, PROTOCOL)
  assert.equal(told[0].readBufferLength, 3)
})

test('streams without an agreement are reset, the others go on', async () => {
  const { end, muxer, told, turn } = scene()
  const tooMany = Buffer.concat(new Array<Uint8Array>(MAX_PROPOSALS + 1).fill(encodedProposal('ls')))
  end.deliverHere(dataFrame(1, tooMany, SYN))
  end.deliverHere(dataFrame(3, new Uint8Array(100), SYN))
  end.deliverHere(dataFrame(5, HELLO, SYN))
  await turn()
  const resets = framesIn(end.waiting).filter(({ flags }) => flags === RST)
  assert.deepEqual(
    resets.map(({ streamId }) => streamId),
    [1, 3],
  )
  assert.deepEqual(
    told.map(({ id }) => id),
    ['5'],
  )
  assert.equal(muxer.status, 'open')
})

test('a stream that says nothing is reset in time, and no timer is left', async () => {
  const { end, clock, told, turn } = scene()
  const { pending } = clock
  end.deliverHere(frame(1, SYN, 1, 0))
  await turn()
  clock.advance(10_001)
  await turn()
  assert.deepEqual(
    framesIn(end.waiting)
      .map(({ flags, streamId }) => [flags, streamId])
      .at(-1),
    [RST, 1],
  )
  assert.equal(told.length, 0)
  assert.equal(clock.pending, pending)
})

test('what waits on streams behind their agreement, or before it, is within the bound of the connection', async () => {
  const { end, muxer, turn } = scene()
  for (let id = 1; id < 400; id += 2)
    end.deliverHere(dataFrame(id, Buffer.concat([HELLO, new Uint8Array(200 * 1024)]), SYN))
  for (let id = 401; id < 500; id += 2) end.deliverHere(dataFrame(id, HELLO.subarray(0, 10), SYN))
  await turn()
  const heldBytes = muxer.streams.reduce((sum, { readBufferLength }) => sum + readBufferLength, 0)
  assert.ok(heldBytes > 15 * MIB && heldBytes <= 16 * MIB, `${heldBytes} bytes wait`)
})
