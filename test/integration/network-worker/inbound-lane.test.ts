/** New attestations in a crowd, over real connections: a block behind them comes first, and nothing else changes. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Stream } from '@libp2p/interface'
import { LANE_MESSAGES } from '../../../src/network-worker/gossip/arrival/inbound-lane.ts'
import { prefixWithLength } from '../../../src/network-worker/gossip/wire/length-prefix.ts'
import { GossipStats } from '../../../src/network-worker/stats/gossip-stats.ts'
import { until } from '../../support/until.ts'
import { TOPIC as BLOCKS, mesh, plainRules, relayRouter, startRouterNode, upstream } from './router-node.ts'

const ATTESTATIONS = 'attestations'
/** Upstream's number for the block: no attestation has it. */
const BLOCK = 0xffffffff
const MESSAGES_OF_AN_RPC = 500

/** Numbered; the bytes after the number are as good as random, as ids made of them are to be. */
function payloadOf(n: number): Uint8Array {
  const bytes = Buffer.alloc(60)
  hash('sha256', `${n}`, 'buffer').copy(bytes, 4)
  bytes.writeUInt32LE(n)
  return bytes
}

/** Takes so long of the thread's time, as a check of signatures would. */
function spin(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

/** A sender, whose stream is in the test's hands, a relay that takes its time for each attestation, and a receiver. */
async function scene(checkMs: number) {
  await using nodes = new AsyncDisposableStack()
  const stats = new GossipStats()
  let checked = 0
  const relay = nodes.use(
    await startRouterNode((components) => relayRouter(components, {}, undefined, { observer: stats })),
  )
  const sender = nodes.use(await startRouterNode(upstream))
  const receiver = nodes.use(await startRouterNode(upstream))
  const check = () => {
    checked++
    spin(checkMs)
    return { action: 'accept' } as const
  }
  relay.router.allow(ATTESTATIONS, plainRules({ messageClass: 'attestation', check }))
  for (const { router } of [relay, sender, receiver]) router.subscribe(ATTESTATIONS)
  await mesh(relay, sender)
  await mesh(relay, receiver)
  await until('both in the mesh', () => relay.router.mesh.get(ATTESTATIONS)?.size === 2)
  const received: number[] = []
  const onMessage = ({ detail }: CustomEvent<{ msg: { data: Uint8Array } }>): void =>
    void received.push(Buffer.from(detail.msg.data).readUInt32LE())
  ;(receiver.router as unknown as EventTarget).addEventListener('gossipsub:message', onMessage as never)
  const stream = (sender.router.streamsOutbound.get(relay.peerId)?.rawStream ?? assert.fail('no stream')) as Stream
  const owned = nodes.move()
  return {
    ...{ relay, stats, received },
    checked: () => checked,
    send: (topic: string, from: number, count: number) => send(stream, topic, from, count),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function send(stream: Stream, topic: string, from: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += MESSAGES_OF_AN_RPC) {
    const length = Math.min(MESSAGES_OF_AN_RPC, count - at)
    const messages = Array.from({ length }, (_, index) => ({ topic, data: payloadOf(from + at + index) }))
    if (!stream.send(prefixWithLength(RPC.encode({ subscriptions: [], messages })))) await stream.onDrain()
  }
}

test('a block behind 20,000 new attestations overtakes them; none is lost, and their order stays', {
  timeout: 120_000,
}, async () => {
  const count = 20_000
  await using all = await scene(0.05)
  await all.send(ATTESTATIONS, 0, count)
  await all.send(BLOCKS, BLOCK, 1)
  await until('all of them', () => all.received.length === count + 1, 60_000)
  const place = all.received.indexOf(BLOCK)
  assert.ok(place < count / 2, `the block came after ${place} attestations`)
  const attestations = all.received.filter((n) => n !== BLOCK)
  assert.deepEqual(
    attestations,
    Array.from({ length: count }, (_, index) => index),
  )
  assert.deepEqual([all.stats.counters().droppedMessages, all.relay.router.waitingMessages], [0, 0])
})

test('copies of what waits are counted and not kept, and its senders are credited', {
  timeout: 60_000,
}, async () => {
  const count = 2000
  await using all = await scene(0.2)
  await all.send(ATTESTATIONS, 0, count)
  await all.send(ATTESTATIONS, 0, count)
  await until('all of them', () => all.received.length === count, 30_000)
  await until('the copies', () => all.stats.counters().duplicateMessages === count)
  assert.equal(all.checked(), count)
})

test('beyond the bound the oldest go and are counted; a stop with a full lane is clean', {
  timeout: 120_000,
}, async () => {
  const count = LANE_MESSAGES + 15_000
  await using all = await scene(2)
  await all.send(ATTESTATIONS, 0, count)
  await until('all of them read', () => all.stats.counters().receivedMessages === count, 60_000)
  const dropped = all.stats.drops.get('inbound_full:attestation') ?? 0
  assert.ok(dropped > 0)
  assert.equal(all.checked() + all.relay.router.waitingMessages + dropped, count)
  const beforeMs = performance.now()
  await all.relay.node.stop()
  assert.ok(performance.now() - beforeMs < 5000)
  const checked = all.checked()
  assert.equal(all.relay.router.waitingMessages, 0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(all.checked(), checked)
})
