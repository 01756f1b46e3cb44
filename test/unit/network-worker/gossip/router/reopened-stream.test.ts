/** When a lost outbound stream is opened again, on a connection and a clock in the test's hands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { addPeer, type RouterScene, routerScene } from './router-scene.ts'

/** A stream that can break; `send` takes the subscriptions. */
class FakeStream extends EventTarget {
  readonly protocol = '/meshsub/1.2.0'
  readonly status = 'open'
  readonly writeBufferLength = 0
  send(): boolean {
    return true
  }
  async close(): Promise<void> {}
  lose(): void {
    this.dispatchEvent(new Event('close'))
  }
}

/** Lets promises that are ready run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function connected(scene: RouterScene) {
  const { router, clock } = scene
  const peer = addPeer(router, 'peer')
  router.streamsOutbound.delete('peer')
  const opened: { atMs: number; stream: FakeStream }[] = []
  const attempts: number[] = []
  const state = { status: 'open', canOpen: true }
  const connection = Object.assign(state, {
    newStream: async () => {
      attempts.push(clock.monotonicMs())
      if (!state.canOpen) throw new Error('refused')
      const stream = new FakeStream()
      opened.push({ atMs: clock.monotonicMs(), stream })
      return stream
    },
  })
  const open = (): Promise<void> => router.createOutboundStream(peer.peerId, connection as unknown as Connection)
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50)
      await settled()
    }
  }
  return { ...scene, peer, opened, attempts, state, open, pass, last: () => opened.at(-1)?.stream ?? assert.fail() }
}

test('lost again and again: reopened after 250 ms, twice that, and so on up to 16 s', async () => {
  const { open, opened, pass, last, clock } = connected(routerScene())
  await open()
  const delays: number[] = []
  for (let loss = 0; loss < 9; loss++) {
    const lostAtMs = clock.monotonicMs()
    const count = opened.length
    last().lose()
    while (opened.length === count) await pass(50)
    delays.push(clock.monotonicMs() - lostAtMs)
  }
  assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 8000, 16_000, 16_000, 16_000])
})

test('a stream that lived a minute begins anew', async () => {
  const { open, opened, pass, last } = connected(routerScene())
  await open()
  for (let loss = 0; loss < 4; loss++) {
    last().lose()
    await pass(2000)
  }
  assert.equal(opened.length, 5)
  await pass(60_000)
  last().lose()
  await pass(250)
  assert.equal(opened.length, 6)
})

test('one that cannot be opened is tried again, with one timer however often the peer asks', async () => {
  const { open, attempts, opened, pass, state, clock } = connected(routerScene())
  state.canOpen = false
  for (let times = 0; times < 5; times++) await open()
  assert.equal(clock.pending, 1)
  attempts.length = 0
  await pass(4000)
  assert.deepEqual(attempts, [250, 750, 1750, 3750])
  state.canOpen = true
  await pass(4000)
  assert.equal(opened.length, 1)
  assert.equal(clock.pending, 0)
})

test('a loss costs the peer what waited for it, and ten points for each copy', async () => {
  const { open, last, router, stats } = connected(routerScene())
  await open()
  Object.assign(last(), { writeBufferLength: 2 ** 30 })
  router.mesh.set('/t', new Set(['peer']))
  router.forwardMessage('id', { topic: '/t', data: new Uint8Array(10) }, 'source')
  last().lose()
  assert.deepEqual([...stats.drops], [['stream_lost:block', 1]])
  assert.equal(router.score.score('peer'), -10)
})

test('no reopening for a peer that left, or whose connection closed', async () => {
  for (const gone of ['peer', 'connection'] as const) {
    const { open, last, pass, opened, router, peer, state, clock } = connected(routerScene())
    await open()
    const stream = last()
    if (gone === 'peer') router.removePeer(peer.peerId)
    else state.status = 'closed'
    stream.lose()
    await pass(1000)
    assert.equal(opened.length, 1, gone)
    assert.equal(clock.pending, 0)
  }
})
