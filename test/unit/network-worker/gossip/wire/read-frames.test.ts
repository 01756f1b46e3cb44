/** When the memory of a frame that was read is used again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, Stream } from '@libp2p/interface'
import type { OutboundStream } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { addPeer, freeBytesOf, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

const ROOM_BYTES = 80 * 1024

/** A gossip stream of ours, whose bytes are lent to its reader. */
class LentStream extends EventTarget {
  readonly protocol = '/meshsub/1.2.0'
  #reader: ((bytes: Uint8Array, isLent: boolean) => void) | undefined
  readDirectly(reader: ((bytes: Uint8Array, isLent: boolean) => void) | undefined): void {
    this.#reader = reader
  }
  bring(bytes: Uint8Array): void {
    this.#reader?.(bytes, true)
  }
  async close(): Promise<void> {}
}

type Push = NonNullable<OutboundStream['pushTogether']>

/** A router in a mesh of peers that take what they are sent as `pushes` have it, and a stream that brings messages. */
function readingScene(pushes: Readonly<Record<string, Push>>) {
  const { router } = routerScene()
  router.allow(TOPIC, plainRules())
  const sources = ['source', 'other'].map((id) => {
    const stream = new LentStream()
    router.createInboundStream(addPeer(router, id, { topics: [] }).peerId, stream as unknown as Stream)
    return stream
  })
  const receivers = Object.entries(pushes).map(([id, pushTogether]) => {
    const receiver = addPeer(router, id)
    const stream = router.streamsOutbound.get(id)
    assert.ok(stream !== undefined)
    stream.pushTogether = pushTogether
    return receiver
  })
  router.join(TOPIC)
  const [source, other] = sources
  assert.ok(source !== undefined && other !== undefined)
  return { router, source, other, receivers }
}

function frameOf(fill: number): Uint8Array {
  const messages = [{ topic: TOPIC, data: Buffer.alloc(70_000, fill) }]
  return new Uint8Array(prefixWithLength(RPC.encode({ subscriptions: [], messages })))
}

/** Told by an assertion, a difference of 70 kB would take minutes to be written. */
function isSame(bytes: Uint8Array | undefined, expected: Uint8Array): boolean {
  return bytes !== undefined && Buffer.compare(bytes, expected) === 0
}

test('once all have taken it', () => {
  const seen: Uint8Array[] = []
  const { router, source } = readingScene({ takes: (_, frame) => void seen.push(frame) })
  source.bring(frameOf(1))
  assert.equal(freeBytesOf(router), ROOM_BYTES)
  source.bring(frameOf(2))
  assert.equal(seen[0]?.buffer, seen[1]?.buffer)
})

test('not while it waits for one of them', () => {
  const kept: Uint8Array[] = []
  const { router, source, receivers } = readingScene({
    takes: () => undefined,
    waits: (_, frame) => {
      kept.push(frame)
      for (const { rawStream } of receivers.slice(1)) rawStream.writeBufferLength = frame.length
    },
  })
  source.bring(frameOf(1))
  assert.equal(freeBytesOf(router), 0)
  source.bring(frameOf(2))
  assert.ok(isSame(kept[0], frameOf(1)))
})

test('nor when another is read while it is sent, of which nothing is kept', () => {
  const kept: Uint8Array[] = []
  const scene = readingScene({
    // What it is sent has it send a copy, in the same turn.
    echoes: (_, frame) => {
      kept.push(frame)
      if (kept.length === 1) scene.other.bring(Uint8Array.from(frame))
    },
  })
  scene.source.bring(frameOf(1))
  scene.other.bring(frameOf(2))
  assert.ok(isSame(kept[0], frameOf(1)))
})

test('a receiver on QUIC is sent a copy, so it is', async () => {
  const { router, source } = readingScene({})
  const { id, peerId } = addPeer(router, 'quic')
  router.streamsOutbound.delete(id)
  const sent: Uint8Array[] = []
  const stream = Object.assign(new EventTarget(), {
    ...{ protocol: '/meshsub/1.2.0', status: 'open', writeBufferLength: 1, writableNeedsDrain: false },
    send: () => true,
    sendTogether: (_: Uint8Array, frame: Uint8Array) => sent.push(frame) > 0,
    close: async () => undefined,
  })
  const connection = { status: 'open', multiplexer: 'quic', newStream: async () => stream }
  await router.createOutboundStream(peerId, connection as unknown as Connection)
  router.mesh.get(TOPIC)?.add(id)
  source.bring(frameOf(1))
  assert.ok(isSame(sent[0], frameOf(1)))
  assert.equal(freeBytesOf(router), ROOM_BYTES)
})
