/** Gossip streams that bring something else than RPCs, over real connections. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Stream } from '@libp2p/interface'
import type { GossipOffence } from '../../../src/network-worker/gossip/gossip-offence.ts'
import { prefixWithLength } from '../../../src/network-worker/gossip/wire/length-prefix.ts'
import { beginClose } from '../../support/begin-close.ts'
import { until } from '../../support/until.ts'
import { forward, mesh, relayRouter, startRouterNode, TOPIC, upstream } from './router-node.ts'

const MAX_RPC_BYTES = 100_000

/** A relay's router and a stock peer in its mesh, whose stream to the relay is in the test's hands. */
async function scene() {
  await using nodes = new AsyncDisposableStack()
  const offences: [string, GossipOffence][] = []
  const relay = nodes.use(
    await startRouterNode((components) =>
      relayRouter(components, { maxInboundDataLength: MAX_RPC_BYTES }, (peerId, offence) =>
        offences.push([peerId, offence]),
      ),
    ),
  )
  const peer = nodes.use(await startRouterNode(upstream))
  await mesh(relay, peer)
  const stream = (peer.router.streamsOutbound.get(relay.peerId)?.rawStream ?? assert.fail('no stream')) as Stream
  const isHeard = async (first: number): Promise<void> => {
    forward(peer, first)
    await until(`message ${first}`, () => relay.got.includes(first))
  }
  await isHeard(1)
  const owned = nodes.move()
  return { peer, stream, isHeard, offences, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const BAD_RPC = { kind: 'bad_rpc' } as const

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

test('bytes that are no RPC are an offence each, and what comes after them is read', async () => {
  await using all = await scene()
  for (let count = 0; count < 2; count++) all.stream.send(prefixWithLength(new Uint8Array(40).fill(0xff)))
  await until('both offences', () => all.offences.length === 2)
  assert.deepEqual(all.offences, [
    [all.peer.peerId, BAD_RPC],
    [all.peer.peerId, BAD_RPC],
  ])
  await all.isHeard(2)
})

test('an RPC of just the allowed size is none; a longer one is, by its announced length alone', async () => {
  await using all = await scene()
  const subscribes = { subscriptions: [{ subscribe: true, topic: TOPIC }], messages: [] }
  const plain = RPC.encode(subscribes)
  const padding = new Uint8Array(MAX_RPC_BYTES - plain.length)
  // An unknown field that fills the RPC up: tag, three bytes of length, rubbish.
  const length = padding.length - 4
  padding.set([0x7a, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14])
  all.stream.send(prefixWithLength(Buffer.concat([plain, padding])))
  await all.isHeard(2)
  assert.deepEqual(all.offences, [])
  const tooLong = prefixWithLength(new Uint8Array(MAX_RPC_BYTES + 1)).subarray(0, 20)
  all.stream.send(tooLong)
  await until('the offence', () => all.offences.length === 1)
  assert.deepEqual(all.offences, [[all.peer.peerId, BAD_RPC]])
})

test('an RPC with more in it than is taken is dropped, and no offence', async () => {
  await using all = await scene()
  const subscriptions = Array.from({ length: 5001 }, () => ({ subscribe: true, topic: 't' }))
  all.stream.send(prefixWithLength(RPC.encode({ subscriptions, messages: [] })))
  await all.isHeard(2)
  assert.deepEqual(all.offences, [])
})

test('a stream that is reset, or closed in the middle of an RPC, or whose connection is lost, is no offence', async () => {
  const endings: readonly ((stream: Stream, close: () => void) => void)[] = [
    (stream) => stream.abort(new Error('test')),
    (stream) => {
      stream.send(prefixWithLength(new Uint8Array(500)).subarray(0, 300))
      beginClose(stream)
    },
    (stream, close) => {
      stream.send(prefixWithLength(new Uint8Array(500)).subarray(0, 300))
      close()
    },
  ]
  for (const end of endings) {
    await using all = await scene()
    end(all.stream, () => void all.peer.node.stop())
    await until('its end', () => all.stream.status !== 'open' || all.stream.writeStatus !== 'writable')
    await pause(100)
    assert.deepEqual(all.offences, [])
  }
})
