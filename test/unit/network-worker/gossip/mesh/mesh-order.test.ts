/** Who gets a block first: the order of a mesh follows from what is known of its peers, once a heartbeat. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import type { RelayRouter } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import { SETTLED_AFTER_MS } from '../../../../../src/network-worker/gossip/sending/copy-ledger.ts'
import { addPeer, controlRpc, type FakePeer, graftRpc, plainRules, routerScene, TOPIC } from '../router/router-scene.ts'

const LARGE_BYTES = 3000

/** Peers that join in the order of their names, and write down who is sent a message when. */
function scene(messageClass: MessageClass = 'block') {
  const rtts = new Map<string, number>()
  const own = new Set<string>()
  const receivers = { isOwn: (peerId: string) => own.has(peerId), rttMs: (peerId: string) => rtts.get(peerId) }
  const all = routerScene({ level: 5, receivers })
  const { router } = all
  router.allow(TOPIC, plainRules({ messageClass }))
  const order: string[] = []
  const add = (id: string): FakePeer => {
    const peer = addPeer(router, id)
    const stream = router.streamsOutbound.get(id) ?? assert.fail('no stream')
    const push = stream.pushPrefixed
    stream.pushPrefixed = (frame) => {
      if (frame.length >= 128) order.push(id)
      push(frame)
    }
    return peer
  }
  const source = add('source')
  let sent = 0
  const send = (): readonly string[] => {
    order.length = 0
    const data = new Uint8Array(LARGE_BYTES).fill(++sent)
    void router.handleReceivedRpc(source.peerId, { subscriptions: [], messages: [{ topic: TOPIC, data }] })
    return [...order]
  }
  return { ...all, rtts, own, add, send, lastId: () => new Uint8Array(20).fill(sent) }
}

function graft(router: RelayRouter, peer: FakePeer): Promise<void> {
  return router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
}

test('explicit peers first, then own ones, then the nearest', async () => {
  const { router, rtts, own, add, send } = scene()
  for (const [id, rttMs] of Object.entries({ far: 250, near: 15, middle: 80, own: 300, explicit: 200 })) {
    rtts.set(id, rttMs)
    if (id === 'explicit') router.direct.add(id)
    add(id)
  }
  own.add('own').add('explicit')
  router.join(TOPIC)
  await router.heartbeat()
  assert.deepEqual(send(), ['explicit', 'own', 'near', 'middle', 'far'])
})

test('who joins the mesh is last until the next heartbeat; what a ping shows counts from then on', async () => {
  const { router, rtts, add, send } = scene()
  for (const id of ['one', 'two']) add(id)
  for (const [id, rttMs] of Object.entries({ one: 40, two: 60, late: 5 })) rtts.set(id, rttMs)
  router.join(TOPIC)
  await router.heartbeat()
  await graft(router, add('late'))
  assert.deepEqual(send(), ['one', 'two', 'late'])
  await router.heartbeat()
  assert.deepEqual(send(), ['late', 'one', 'two'])
  rtts.set('two', 1)
  assert.deepEqual(send(), ['late', 'one', 'two'])
  await router.heartbeat()
  assert.deepEqual(send(), ['two', 'late', 'one'])
})

test('who has most blocks before ours comes behind others at the same distance', async () => {
  const { router, clock, rtts, add, send, lastId } = scene()
  const has = add('has')
  for (const id of ['has', 'lacks']) rtts.set(id, 50)
  add('lacks')
  router.mesh.set(TOPIC, new Set(['has', 'lacks']))
  await router.heartbeat()
  assert.deepEqual(send(), ['has', 'lacks'], 'nothing is known of either')
  for (let block = 0; block < 5; block++) {
    await router.handleReceivedRpc(has.peerId, controlRpc({ idontwant: [{ messageIDs: [lastId()] }] }))
    send()
  }
  clock.advance(SETTLED_AFTER_MS)
  await router.heartbeat()
  assert.deepEqual(send(), ['lacks', 'has'])
})

test('other meshes stay as they are', async () => {
  const { router, rtts, add, send } = scene('other')
  for (const [id, rttMs] of Object.entries({ far: 250, near: 15 })) {
    rtts.set(id, rttMs)
    add(id)
  }
  router.mesh.set(TOPIC, new Set(['far', 'near']))
  await router.heartbeat()
  assert.deepEqual(send(), ['far', 'near'])
})
