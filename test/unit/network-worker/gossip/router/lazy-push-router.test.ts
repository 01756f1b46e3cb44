/** What a heartbeat tells peers, and when, beside what it keeps waiting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { cacheMessage } from '../../../../../src/network-worker/gossip/sending/message-cache.ts'
import { toHex } from '../../../../../src/shared/hex.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { addPeer, type FakePeer, graftsTo, names, routerScene, TOPIC } from './router-scene.ts'

/** A clock by which a turn has had its share whenever it looks. */
class HastyClock extends FakeClock {
  #looks = 0

  override monotonicMs(): number {
    return super.monotonicMs() + this.#looks++
  }
}

/** Ids that a peer was told of by frames of ours. */
function toldTo(peer: FakePeer): string[] {
  return peer.frames.flatMap((frame) => {
    const prefixBytes = (frame[0] ?? 0) < 128 ? 1 : 2
    const { control } = RPC.decode(frame.subarray(prefixBytes))
    return control?.ihave.flatMap(({ messageIDs }) => messageIDs.map((id) => toHex(id))) ?? []
  })
}

function scene() {
  const waiting: (() => void)[] = []
  const { router } = routerScene({ clock: new HastyClock(Date.now()), nextTurn: (run) => void waiting.push(run) })
  router.join(TOPIC)
  const peers = names(40).map((id) => addPeer(router, id))
  cacheMessage(router.mcache, '11'.repeat(20), { topic: TOPIC, data: new Uint8Array(9) })
  const told = (): readonly FakePeer[] => peers.filter((peer) => toldTo(peer).length > 0)
  return { router, peers, waiting, told }
}

test('grafts go with the heartbeat, and what we have to one peer a turn when turns are short', async () => {
  const { router, peers, waiting, told } = scene()
  await router.heartbeat()
  const grafted = peers.filter((peer) => graftsTo(peer).length > 0)
  assert.ok(grafted.length >= router.opts.Dlo)
  const withHeartbeat = told().length
  assert.ok(withHeartbeat <= 1)
  const turns = waiting.length
  assert.equal(turns, 1)
  while (waiting.length > 0) {
    const before = told().length
    waiting.shift()?.()
    assert.ok(told().length - before <= 1)
  }
  assert.ok(told().length >= router.opts.Dlazy)
  for (const peer of told()) assert.deepEqual(toldTo(peer), ['11'.repeat(20)])
})

test('who leaves in between is not told, and the others are', async () => {
  const { router, waiting, told } = scene()
  await router.heartbeat()
  const [leaver] = router.gossip.keys()
  const expected = router.gossip.size - 1 + told().length
  router.removePeer({ toString: () => leaver } as Parameters<typeof router.removePeer>[0])
  while (waiting.length > 0) waiting.shift()?.()
  assert.ok(told().every(({ id }) => id !== leaver))
  assert.equal(told().length, expected)
})

test('a stream that takes nothing costs only its own peer', async () => {
  const { router, waiting, told } = scene()
  await router.heartbeat()
  const [broken] = router.gossip.keys()
  const expected = router.gossip.size - 1 + told().length
  const stream = router.streamsOutbound.get(broken ?? '')
  assert.ok(stream)
  stream.pushPrefixed = () => {
    throw new Error('closed')
  }
  while (waiting.length > 0) waiting.shift()?.()
  assert.equal(told().length, expected)
})

test('what one heartbeat has not told yet goes with what the next one has to tell', async () => {
  const { router, waiting, told } = scene()
  await router.heartbeat()
  cacheMessage(router.mcache, '22'.repeat(20), { topic: TOPIC, data: new Uint8Array(9) })
  await router.heartbeat()
  assert.equal(waiting.length, 1)
  while (waiting.length > 0) waiting.shift()?.()
  assert.equal(router.gossip.size, 0)
  assert.ok(told().some((peer) => new Set(toldTo(peer)).size === 2))
})
