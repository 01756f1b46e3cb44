/** Faults of upstream that need no network to show: each test shows the fault in the bare class, then its mending. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { GossipsubInternals } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import {
  addPeer,
  mendedRouter,
  names,
  OTHER_TOPIC,
  pruneRpc,
  punish,
  routerScene,
  TOPIC,
  upstreamRouter,
} from './router-scene.ts'

interface TopicStats {
  readonly inMesh: boolean
}

function topicStats(router: GossipsubInternals, id: string, topic = TOPIC): TopicStats | undefined {
  const stats = router.score.peerStats.get(id) as unknown as { topics: Record<string, TopicStats> }
  return stats.topics[topic]
}

test('join: upstream does not score the peers it grafts; ours count as in the mesh, so that P1 grows', () => {
  const inMeshAfterJoin = (router: GossipsubInternals): boolean | undefined => {
    addPeer(router, 'peer')
    router.join(TOPIC)
    assert.deepEqual([...(router.mesh.get(TOPIC) ?? [])], ['peer'])
    return topicStats(router, 'peer')?.inMesh
  }
  assert.equal(inMeshAfterJoin(upstreamRouter()), undefined, 'upstream has mended itself')
  assert.equal(inMeshAfterJoin(mendedRouter()), true)
})

const ADDRESS = multiaddr('/ip4/10.9.9.9/tcp/9000')

test('reconnect: upstream forgets a negative score; ours is taken up again', () => {
  const scoreAfterReturn = (router: GossipsubInternals): number => {
    const { peerId } = addPeer(router, 'peer')
    punish(router, 'peer')
    assert.ok(router.score.score('peer') < 0)
    router.removePeer(peerId)
    router.addPeer(peerId, 'inbound', ADDRESS)
    router.score.scoreCache.delete('peer')
    return router.score.score('peer')
  }
  assert.equal(scoreAfterReturn(upstreamRouter()), 0, 'upstream has mended itself')
  assert.ok(scoreAfterReturn(mendedRouter()) < 0)
})

test('disconnect: upstream decides by a stale cached score whether to keep a record; ours by the true one', () => {
  const isKept = (router: GossipsubInternals): boolean => {
    const { peerId } = addPeer(router, 'peer')
    router.score.deliverMessage('peer', 'first', TOPIC)
    assert.ok(router.score.score('peer') > 0, 'cached while it is good')
    router.score.addPenalty('peer', 20, 'test')
    router.removePeer(peerId)
    return router.score.peerStats.has('peer')
  }
  assert.equal(isKept(upstreamRouter()), false, 'upstream has mended itself')
  assert.equal(isKept(mendedRouter()), true)
})

test('disconnect: upstream keeps the cached score of a peer it forgets; ours does not', () => {
  const cacheSize = (router: GossipsubInternals): number => {
    const { peerId } = addPeer(router, 'peer')
    router.score.deliverMessage('peer', 'first', TOPIC)
    router.removePeer(peerId)
    assert.equal(router.score.peerStats.size, 0)
    return router.score.scoreCache.size
  }
  assert.equal(cacheSize(upstreamRouter()), 1, 'upstream has mended itself')
  assert.equal(cacheSize(mendedRouter()), 0)
})

test('reconnect: only its present address counts, a second connection changes nothing, a good score starts anew', () => {
  const router = mendedRouter()
  const { peerId } = addPeer(router, 'peer')
  punish(router, 'peer')
  const before = [...(router.score.peerStats.get('peer')?.knownIPs ?? [])]
  router.removePeer(peerId)
  assert.equal(router.score.peerStats.get('peer')?.connected, false)
  router.addPeer(peerId, 'inbound', ADDRESS)
  const kept = router.score.peerStats.get('peer')
  assert.equal(kept?.connected, true)
  assert.notDeepEqual(before, ['10.9.9.9'])
  assert.deepEqual([...(kept?.knownIPs ?? [])], ['10.9.9.9'], 'only where it is now')
  router.addPeer(peerId, 'outbound', ADDRESS)
  assert.equal(router.score.peerStats.get('peer'), kept)

  const good = { toString: () => 'good' } as PeerId
  router.addPeer(good, 'inbound', ADDRESS)
  router.score.deliverMessage('good', 'first', TOPIC)
  router.removePeer(good)
  assert.equal(router.score.peerStats.has('good'), false)
  router.addPeer(good, 'inbound', ADDRESS)
  assert.equal(router.score.score('good'), 0)
})

test('prune: upstream drops the PRUNEs after one of an unknown topic; ours are all obeyed', async () => {
  const meshAfterPrunes = async (router: GossipsubInternals): Promise<unknown> => {
    const { peerId } = addPeer(router, 'peer', { topics: [TOPIC, OTHER_TOPIC] })
    router.join(TOPIC)
    router.join(OTHER_TOPIC)
    await router.handleReceivedRpc(peerId, pruneRpc(60, TOPIC, '/unknown', OTHER_TOPIC))
    return [TOPIC, OTHER_TOPIC].map((topic) => router.mesh.get(topic)?.has('peer'))
  }
  assert.deepEqual(await meshAfterPrunes(upstreamRouter()), [false, true], 'upstream has mended itself')
  assert.deepEqual(await meshAfterPrunes(mendedRouter()), [false, false])
})

test('prune: upstream obeys a back-off of years, of a peer that is gone too; ours an hour at most', async () => {
  const waitMs = async (router: GossipsubInternals, backoff: number): Promise<number> => {
    const { peerId } = addPeer(router, 'peer')
    router.join(TOPIC)
    await router.handleReceivedRpc(peerId, pruneRpc(backoff, TOPIC))
    return (router.backoff.get(TOPIC)?.get('peer') ?? assert.fail('no back-off')) - Date.now()
  }
  const hourMs = 3_600_000
  assert.ok((await waitMs(upstreamRouter(), Number.MAX_SAFE_INTEGER)) > 1000 * hourMs, 'upstream has mended itself')
  const longestMs = await waitMs(mendedRouter(), Number.MAX_SAFE_INTEGER)
  assert.ok(longestMs <= hourMs && longestMs > hourMs - 60_000, `${longestMs} ms`)
  const askedMs = await waitMs(mendedRouter(), 600)
  assert.ok(askedMs <= 600_000 && askedMs > 540_000, `${askedMs} ms`)
})

function unsubscribeRpc(topic: string): RPC {
  return { subscriptions: [{ topic, subscribe: false }], messages: [] }
}

test('unsubscribe: upstream keeps the peer in its mesh; ours lets it go, counts its deliveries, and says why', async () => {
  const isKept = async (router: GossipsubInternals): Promise<boolean> => {
    const { peerId } = addPeer(router, 'peer', { topics: [TOPIC, OTHER_TOPIC] })
    router.join(TOPIC)
    router.join(OTHER_TOPIC)
    await router.handleReceivedRpc(peerId, unsubscribeRpc(TOPIC))
    await router.heartbeat()
    assert.ok(router.mesh.get(OTHER_TOPIC)?.has('peer'))
    return router.mesh.get(TOPIC)?.has('peer') === true
  }
  assert.equal(await isKept(upstreamRouter()), true, 'upstream has mended itself')
  const { router, changes } = routerScene()
  assert.equal(await isKept(router), false)
  assert.equal(topicStats(router, 'peer')?.inMesh, false)
  const reason = 'peer_unsubscribed'
  assert.deepEqual(changes.at(-1), { action: 'link_lost', peerId: 'peer', topic: TOPIC, reason })
})

test('colocation: upstream counts peers that have left an address; ours only those that are there', () => {
  const scoreOfOneAlone = (router: GossipsubInternals): number => {
    for (const id of names(20)) {
      const gone = { toString: () => id } as PeerId
      router.addPeer(gone, 'inbound', ADDRESS)
      router.removePeer(gone)
    }
    router.addPeer({ toString: () => 'alone' } as PeerId, 'inbound', ADDRESS)
    return router.score.score('alone')
  }
  assert.ok(scoreOfOneAlone(upstreamRouter()) < -5000, 'upstream has mended itself')
  const ours = mendedRouter()
  assert.equal(scoreOfOneAlone(ours), 0)
  for (const id of names(20, 'there')) ours.addPeer({ toString: () => id } as PeerId, 'inbound', ADDRESS)
  ours.score.scoreCache.clear()
  assert.ok(ours.score.score('alone') < -5000)
})

test('direct peers: upstream dials them inside its heartbeat and waits; ours never', async () => {
  const beats = async (router: GossipsubInternals): Promise<boolean> => {
    Object.assign((router as unknown as { components: object }).components, {
      connectionManager: { openConnection: () => new Promise(() => undefined) },
    })
    router.direct.add('16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S')
    const never = new Promise<false>((resolve) => setTimeout(resolve, 50, false))
    return Promise.race([router.heartbeat().then(() => true), never])
  }
  assert.equal(await beats(upstreamRouter({ directConnectTicks: 1 })), false, 'upstream has mended itself')
  assert.equal(await beats(mendedRouter()), true)
})
