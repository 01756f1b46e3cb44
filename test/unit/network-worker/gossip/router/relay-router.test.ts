import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import { formatTopic, parseTopic } from '../../../../../src/consensus/topic.ts'
import { createFastMessageId } from '../../../../../src/network-worker/gossip/ids/fast-message-id.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import { routerFactory } from '../../../../../src/network-worker/gossip/router/create-router.ts'
import type { OutboundStream } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import type { RelayRouter, RouterComponents } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import { STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { JOINING_PERIOD_MS, MIN_COMPANY } from '../../../../../src/network-worker/gossip/sending/send-window.ts'
import { TopicDirectory } from '../../../../../src/network-worker/gossip/topics/topic-directory.ts'
import { GossipStats } from '../../../../../src/network-worker/stats/gossip-stats.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { smallNetwork } from '../../small-network.ts'
import { plainRules } from './router-scene.ts'

const SCHEDULE = createForkSchedule(smallNetwork())
const TOPIC = formatTopic(SCHEDULE.at(0).digestHex, 'beacon_block')
const MESSAGE_ID = 'ab'.repeat(20)
const MESSAGE: RPC.Message = { topic: TOPIC, data: new Uint8Array(300).fill(7) }

function silentLog() {
  return Object.assign(() => undefined, { error: () => undefined, trace: () => undefined, enabled: false })
}

interface Scene {
  readonly router: RelayRouter
  readonly stats: GossipStats
  readonly clock: FakeClock
  /** Puts a peer into the mesh, with so much waiting for it; answers the frames it is handed. */
  add(peer: string, queuedBytes?: number): Uint8Array[]
}

/** Of one topic: what is in no directory counts as a block. */
function directoryOf(topic: string): TopicDirectory {
  const directory = new TopicDirectory()
  const parsed = parseTopic(topic) ?? assert.fail('no topic')
  if (topic !== TOPIC) {
    const entry = SCHEDULE.at(0)
    directory.add({ topic, parsed, entry, minSszBytes: 0, maxSszBytes: 1000, policy: 'blind' })
  }
  return directory
}

/** The real router, not started, whose streams are in the test's hands. */
async function scene(topic = TOPIC): Promise<Scene> {
  const clock = new FakeClock()
  const stats = new GossipStats()
  const createRouter = routerFactory({
    topics: directoryOf(topic),
    schedule: SCHEDULE,
    fastMessageId: createFastMessageId(),
    mesh: meshParameters(5),
    scoring: { slotDurationMs: 12_000, slotsPerEpoch: 32 },
    exemptIps: new Set(),
    observer: stats,
    clock,
    onMesh: () => undefined,
    isTrusted: () => false,
    onOffence: () => undefined,
  })
  const router = createRouter({ logger: { forComponent: silentLog } } as unknown as RouterComponents)
  const mesh = new Set<string>()
  router.mesh.set(topic, mesh)
  return {
    router,
    stats,
    clock,
    add(peer, queuedBytes = 0) {
      const frames: Uint8Array[] = []
      mesh.add(peer)
      const rawStream = {
        writeBufferLength: queuedBytes,
        writableNeedsDrain: false,
        status: 'open' as const,
        writeStatus: 'writable' as const,
        addEventListener: () => undefined,
      }
      const stream: OutboundStream = {
        protocol: '/meshsub/1.2.0',
        rawStream,
        pushPrefixed: (frame) => void frames.push(frame),
      }
      router.streamsOutbound.set(peer, stream)
      return frames
    },
  }
}

async function someone(): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('secp256k1'))
}

test('a message goes to everyone in the mesh but its source, encoded once', async () => {
  const { router, stats, add } = await scene()
  const [source, first, second] = [add('source'), add('first'), add('second')]
  router.forwardMessage(MESSAGE_ID, MESSAGE, 'source')
  assert.deepEqual([source.length, first.length, second.length], [0, 1, 1])
  assert.equal(first[0], second[0], 'one buffer for all')
  const frame = first[0] ?? new Uint8Array()
  const { messages, subscriptions } = RPC.decode(frame.subarray(2))
  assert.equal(frame.length - 2, (frame[0] ?? 0) - 0x80 + (frame[1] ?? 0) * 0x80)
  assert.deepEqual([messages.length, subscriptions.length], [1, 0])
  assert.equal(messages[0]?.topic, TOPIC)
  assert.deepEqual(messages[0]?.data, MESSAGE.data)
  const { forwardedMessages, forwardedBytes } = stats.counters()
  assert.deepEqual([forwardedMessages, forwardedBytes], [2, 600])
})

test('a peer that has the message, by its own word, is spared it', async () => {
  const { router, stats, add } = await scene()
  const [has, lacks] = [add('has'), add('lacks')]
  router.idontwants.set('has', new Map([[MESSAGE_ID, 1]]))
  router.forwardMessage(MESSAGE_ID, MESSAGE, 'source')
  assert.deepEqual([has.length, lacks.length], [0, 1])
  assert.deepEqual([stats.counters().forwardedMessages, stats.counters().droppedMessages], [1, 0])
})

/** Of a class that may wait. */
const EXIT_TOPIC = formatTopic(SCHEDULE.at(0).digestHex, 'voluntary_exit')

function exitOf(n: number): RPC.Message {
  return { topic: EXIT_TOPIC, data: new Uint8Array(100).fill(n) }
}

function messagesIn(frame: Uint8Array | undefined): (number | undefined)[] {
  const bytes = frame ?? new Uint8Array()
  const headerBytes = bytes.findIndex((byte) => byte < 0x80) + 1
  return RPC.decode(bytes.subarray(headerBytes)).messages.map(({ data }) => data?.[0])
}

test('short messages go at once while they are few, and together when they come in a crowd', async () => {
  const { router, stats, clock, add } = await scene(EXIT_TOPIC)
  const frames = add('peer')
  const forward = (...numbers: readonly number[]): void => {
    for (const n of numbers) router.forwardMessage(n.toString(16).padStart(40, '0'), exitOf(n), 'source')
  }
  forward(1, 2, 3, 4, 5, 6)
  assert.deepEqual(frames.map(messagesIn), [[1], [2], [3], [4]])
  assert.equal(stats.counters().forwardedMessages, 4, 'told when they are handed over')
  clock.advance(JOINING_PERIOD_MS)
  assert.deepEqual(frames.slice(4).map(messagesIn), [[5, 6]])
  assert.equal(stats.counters().forwardedMessages, 6)
  forward(7, 8)
  clock.advance(JOINING_PERIOD_MS)
  assert.deepEqual(frames.slice(5).map(messagesIn), [[7, 8]], 'the crowd goes on')
  forward(9)
  assert.deepEqual(frames.slice(6).map(messagesIn), [[9]], 'it is over: two came in the last period')
})

test('a block waits for nobody, in a crowd either', async () => {
  const { router, stats, add } = await scene()
  const frames = add('peer')
  for (let n = 0; n < 8; n++) router.forwardMessage(`${n}`.repeat(40), MESSAGE, 'source')
  assert.deepEqual([frames.length, stats.counters().forwardedMessages], [8, 8])
})

test('what waits for a peer that left goes nowhere, and for one without a stream is lost', async () => {
  const { router, stats, clock, add } = await scene(EXIT_TOPIC)
  const [gone, broken] = [add('gone'), add('broken')]
  for (let n = 0; n < MIN_COMPANY + 1; n++) router.forwardMessage(`${n}`.repeat(40), exitOf(n), 'source')
  router.removePeer({ toString: () => 'gone' } as PeerId)
  router.streamsOutbound.delete('broken')
  clock.advance(JOINING_PERIOD_MS)
  assert.deepEqual([gone.length, broken.length, stats.counters().droppedMessages], [MIN_COMPANY, MIN_COMPANY, 1])
})

test('a copy for a peer whose stream is full waits, is counted as sent, and goes with the next heartbeat', async () => {
  const { router, stats, add } = await scene()
  const full = add('full', STREAM_WATERMARK_BYTES)
  const busy = add('busy', STREAM_WATERMARK_BYTES - 1)
  router.forwardMessage(MESSAGE_ID, MESSAGE, 'source')
  assert.deepEqual([full.length, busy.length], [0, 1])
  assert.deepEqual([stats.counters().forwardedMessages, stats.counters().droppedMessages], [2, 0])
  await router.heartbeat()
  assert.equal(full.length, 0, 'still full')
  Object.assign(router.streamsOutbound.get('full')?.rawStream ?? {}, { writeBufferLength: 0 })
  await router.heartbeat()
  assert.equal(full.length, 1)
  assert.equal(full[0], busy[0], 'the same buffer')
})

test('a copy that waited longer than a slot is dropped instead of sent', async () => {
  const { router, stats, clock, add } = await scene()
  const full = add('full', STREAM_WATERMARK_BYTES)
  router.forwardMessage(MESSAGE_ID, MESSAGE, 'source')
  clock.advance(12_001)
  Object.assign(router.streamsOutbound.get('full')?.rawStream ?? {}, { writeBufferLength: 0 })
  await router.heartbeat()
  assert.equal(full.length, 0)
  assert.deepEqual([...stats.drops], [['stale:block', 1]])
})

test('heartbeats dial nobody, so that an unreachable direct peer does not delay them', async () => {
  const { router } = await scene()
  assert.equal((router.opts as unknown as { directConnectTicks: number }).directConnectTicks, Number.POSITIVE_INFINITY)
})

test('a stream that is going down costs one copy, not the message', async () => {
  const { router, stats, add } = await scene()
  add('broken')
  router.streamsOutbound.set('broken', {
    protocol: '/meshsub/1.2.0',
    rawStream: {
      writeBufferLength: 0,
      writableNeedsDrain: false,
      status: 'aborted',
      writeStatus: 'closed',
      addEventListener: () => undefined,
    },
    pushPrefixed: () => {
      throw new Error('stream is closed')
    },
  })
  const whole = add('whole')
  router.mesh.get(TOPIC)?.add('without a stream')
  router.forwardMessage(MESSAGE_ID, MESSAGE, 'source')
  assert.equal(whole.length, 1)
  assert.deepEqual([stats.counters().forwardedMessages, stats.counters().droppedMessages], [1, 1])
})

test('a message is timed from the RPC that brought it', async () => {
  const { router, stats, clock, add } = await scene()
  const from = await someone()
  const frames = add('receiver')
  const check = (): Verdict => {
    clock.advance(12)
    return { action: 'accept' }
  }
  router.allow(TOPIC, plainRules({ check }))
  await router.handleReceivedRpc(from, { subscriptions: [], messages: [{ ...MESSAGE }] })
  assert.equal(frames.length, 1)
  const p50 = stats.latency.quantile(0.5)
  assert.ok(p50 >= 12 && p50 < 13.2, `${p50} ms`)
})

test('messages of topics that we are not in are received and go no further', async () => {
  const { router, stats } = await scene()
  const validated: string[] = []
  const check = (): Verdict => {
    validated.push(TOPIC)
    return { action: 'accept' }
  }
  router.allow(TOPIC, plainRules({ check }))
  router.disallow(TOPIC)
  await router.handleReceivedRpc(await someone(), { subscriptions: [], messages: [MESSAGE] })
  assert.deepEqual(validated, [])
  assert.deepEqual([stats.counters().receivedMessages, stats.counters().receivedBytes], [1, 300])
})

test('who takes a topic of the network is kept before we are in it; of other topics nothing is', async () => {
  const { router } = await scene()
  const from = await someone()
  const later = formatTopic(SCHEDULE.at(0).digestHex, 'beacon_attestation_7')
  const foreign = formatTopic('deadbeef', 'beacon_block')
  const subscriptions = [later, foreign, 'rubbish'].map((topic) => ({ topic, subscribe: true }))
  await router.handleReceivedRpc(from, { subscriptions, messages: [] })
  assert.deepEqual([...router.topics.keys()], [later])
  assert.deepEqual([...(router.topics.get(later) ?? [])], [from.toString()])
})

test('without a mesh there is nobody to list and nothing to send', async () => {
  const { router, stats } = await scene()
  assert.deepEqual(router.meshPeers('/none'), [])
  router.forwardMessage(MESSAGE_ID, MESSAGE, 'source')
  assert.equal(stats.counters().forwardedMessages, 0)
})
