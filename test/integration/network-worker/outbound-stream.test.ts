/** A gossip stream that breaks while the connection lives: upstream's peer is deaf from then on, ours is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import type {
  GossipsubInternals,
  RouterComponents,
} from '../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { until } from '../../support/until.ts'
import { deafNode } from './deaf-node.ts'
import { forward, mesh, type RouterNode, relayRouter, startRouterNode, TOPIC, upstream } from './router-node.ts'

/** Before libp2p gives up a stream whose protocol is not agreed on (10 s), and long after one that is answered. */
const ANSWER_LIMIT_MS = 5000

type Create = (components: RouterComponents) => GossipsubInternals

function streamTo({ router }: RouterNode<GossipsubInternals>, peerId: string): Stream {
  return (router.streamsOutbound.get(peerId)?.rawStream ?? assert.fail('no stream')) as Stream
}

function inMesh({ router }: RouterNode<GossipsubInternals>, peerId: string): boolean {
  return router.mesh.get(TOPIC)?.has(peerId) === true
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

/** A sender of the given class and a stock receiver, meshed; the sender's stream is broken by `breakIt`. */
async function breakStream(
  create: Create,
  breakIt: (sender: RouterNode<GossipsubInternals>, receiver: RouterNode<GossipsubInternals>) => Promise<void> | void,
  check: (sender: RouterNode<GossipsubInternals>, receiver: RouterNode<GossipsubInternals>) => Promise<void>,
): Promise<void> {
  await using sender = await startRouterNode(create)
  await using receiver = await startRouterNode(upstream)
  await mesh(sender, receiver)
  forward(sender, 1)
  await until('the first message', () => receiver.got.includes(1))
  await breakIt(sender, receiver)
  await until('the loss of the stream', () => !sender.router.streamsOutbound.has(receiver.peerId))
  await check(sender, receiver)
}

/** Longer than the relay waits before the first reopening. */
const REOPENED_BY_THEN_MS = 600

async function assertDeaf(
  sender: RouterNode<GossipsubInternals>,
  receiver: RouterNode<GossipsubInternals>,
): Promise<void> {
  await pause(REOPENED_BY_THEN_MS)
  assert.equal(sender.router.streamsOutbound.has(receiver.peerId), false, 'upstream has mended itself')
}

async function assertHearsAgain(
  sender: RouterNode<GossipsubInternals>,
  receiver: RouterNode<GossipsubInternals>,
): Promise<void> {
  await until('a new stream', () => sender.router.streamsOutbound.has(receiver.peerId))
  forward(sender, 2)
  await until('a message on it', () => receiver.got.includes(2))
  assert.ok(inMesh(sender, receiver.peerId))
}

const abort = (sender: RouterNode<GossipsubInternals>, receiver: RouterNode<GossipsubInternals>): void =>
  streamTo(sender, receiver.peerId).abort(new Error('test'))

test('aborted: upstream leaves the peer deaf, and in its mesh', () =>
  breakStream(upstream, abort, async (sender, receiver) => {
    await assertDeaf(sender, receiver)
    assert.ok(inMesh(sender, receiver.peerId))
  }))

test('aborted: the relay opens a new stream and messages flow again', () =>
  breakStream(relayRouter, abort, assertHearsAgain))

/** The receiver stops reading, and the sender pushes until its own buffer is over the limit. */
async function overflow(
  sender: RouterNode<GossipsubInternals>,
  receiver: RouterNode<GossipsubInternals>,
): Promise<void> {
  const { streamsInbound } = receiver.router as unknown as { streamsInbound: Map<string, { rawStream: Stream }> }
  streamsInbound.get(sender.peerId)?.rawStream.pause()
  const stream = sender.router.streamsOutbound.get(receiver.peerId)
  const chunk = new Uint8Array(200_000)
  for (let sent = 0; sent < 400 && sender.router.streamsOutbound.has(receiver.peerId); sent++) {
    try {
      stream?.pushPrefixed(chunk)
    } catch {
      break
    }
    if (sent % 20 === 0) await pause(1)
  }
}

test('overflown: upstream leaves the peer deaf', () =>
  breakStream((components) => upstream(components, { maxOutboundBufferSize: 1_000_000 }), overflow, assertDeaf))

test('overflown: the relay opens a new stream and messages flow again', () =>
  breakStream(
    (components) => relayRouter(components, { maxOutboundBufferSize: 1_000_000 }),
    overflow,
    assertHearsAgain,
  ))

/** A second connection, and then the end of the one that carries the stream. */
async function closeOneOfTwo(
  sender: RouterNode<GossipsubInternals>,
  receiver: RouterNode<GossipsubInternals>,
): Promise<void> {
  // The sender's router hears of a connection when it is identified: of the second one while the first still carries.
  const identified = Promise.withResolvers<unknown>()
  sender.node.addEventListener('peer:identify', identified.resolve, { once: true })
  await receiver.node.dial(sender.node.getMultiaddrs(), { force: true })
  await until('two connections', () => sender.node.getConnections().length === 2)
  await identified.promise
  await pause(100)
  const stream = streamTo(sender, receiver.peerId)
  const carrier = sender.node.getConnections().find(({ streams }) => streams.some(({ id }) => id === stream.id))
  const others = sender.node.getConnections().filter((connection) => connection !== carrier)
  assert.equal(others.length, 1)
  carrier?.abort(new Error('test'))
}

test('gone with one of two connections: upstream leaves the peer deaf', () =>
  breakStream(upstream, closeOneOfTwo, assertDeaf))

test('gone with one of two connections: the relay opens a new stream on the other', () =>
  breakStream(relayRouter, closeOneOfTwo, assertHearsAgain))

/** Whether a peer that comes after one that answers no stream is sent to before that one is given up, 10 s later. */
async function isSentToBehindDeaf(create: Create): Promise<boolean> {
  await using sender = await startRouterNode(create)
  await using deaf = await deafNode()
  const connection = await deaf.dial(sender.node.getMultiaddrs())
  await connection.newStream('/meshsub/1.1.0')
  await until('the stream of the deaf one', () => sender.router.peers.has(deaf.peerId.toString()))
  await using next = await startRouterNode(upstream)
  await next.node.dial(sender.node.getMultiaddrs())
  await until('the stream of the next', () => sender.router.peers.has(next.peerId))
  const opened = (): boolean => sender.router.streamsOutbound.has(next.peerId)
  const opening = until('a stream to it', opened, ANSWER_LIMIT_MS)
  return await opening.then(
    () => true,
    () => false,
  )
}

test('behind one that answers nothing: upstream makes the next peer wait', async () => {
  assert.equal(await isSentToBehindDeaf(upstream), false, 'upstream has mended itself')
})

test('behind one that answers nothing: the relay opens a stream to the next peer at once', async () => {
  assert.equal(await isSentToBehindDeaf(relayRouter), true)
})

test('a bad score outlives a reconnect with the relay, and not with upstream', async () => {
  const scoreAfterReconnect = async (create: Create): Promise<number> => {
    await using judge = await startRouterNode(create)
    await using culprit = await startRouterNode(upstream)
    await mesh(culprit, judge)
    const { score } = judge.router
    score.addPenalty(culprit.peerId, 10, 'test')
    score.scoreCache.clear()
    assert.ok(score.score(culprit.peerId) < 0)
    await culprit.node.hangUp(judge.node.peerId)
    await until('the end', () => !judge.router.peers.has(culprit.peerId))
    await culprit.node.dial(judge.node.getMultiaddrs())
    await until('the return', () => judge.router.streamsOutbound.has(culprit.peerId))
    score.scoreCache.clear()
    return score.score(culprit.peerId)
  }
  assert.equal(await scoreAfterReconnect(upstream), 0, 'upstream has mended itself')
  assert.ok((await scoreAfterReconnect(relayRouter)) < 0)
})
