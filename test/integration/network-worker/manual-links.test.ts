/** GRAFT and PRUNE by hand on a running relay with stock peers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { PeerIdStr } from '../../../src/shared/ids.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { meshOf, type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

interface Scene extends AsyncDisposable {
  readonly relay: RunningRelay
  readonly topic: string
  /** In the relay's mesh: the first to subscribe. */
  readonly member: GossipPeer
  /** Subscribed, and not in the mesh: the relay wants one peer at level 1, and none of these sends GRAFTs. */
  readonly outsider: GossipPeer
}

async function scene(): Promise<Scene> {
  const network = relayNetwork()
  const { digestHex } = createForkSchedule(network).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config: { network, networkLoad: 1 } }))
  const join = async (): Promise<GossipPeer> => {
    const peer = started.use(await GossipPeer.start({ status: () => freshStatus(digestHex), grafts: false }))
    peer.subscribe(topic)
    await peer.dial(relay.addresses[0] ?? '')
    await until('the subscription', async () => {
      const error = await Promise.resolve()
        .then(() => relay.control.graft(topic, peer.peerId))
        .catch((cause: unknown) => cause)
      return !(error instanceof Error)
    })
    return peer
  }
  const member = await join()
  const outsider = await join()
  const owned = started.move()
  return { relay, topic, member, outsider, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function linesOf({ relay }: Scene, peer: PeerIdStr): string[] {
  return relay.log
    .filter((line) => line['peer'] === peer && String(line['msg']).startsWith('MESH: '))
    .map(({ msg }) => String(msg))
}

test('GRAFT reaches the peer, PRUNE reaches it with a backoff of 60 s, and heartbeats undo neither', async () => {
  await using all = await scene()
  const { relay, topic, member } = all
  await member.meshedWith(relay.peerId, topic)
  assert.deepEqual(await relay.control.graft(topic, member.peerId), { action: 'already_in_mesh' })
  assert.deepEqual(await relay.control.prune(topic, member.peerId), { action: 'pruned' })
  await until('the PRUNE at the peer', () => !member.hasInMesh(relay.peerId, topic))
  const leftMs = (member.router.backoff.get(topic)?.get(relay.peerId) ?? 0) - Date.now()
  assert.ok(leftMs > 55_000 && leftMs <= 60_000, `${leftMs} ms`)
  assert.deepEqual(await relay.control.prune(topic, member.peerId), { action: 'not_in_mesh' })
  await assert.rejects(
    async () => relay.control.graft(topic, member.peerId),
    (error) => error instanceof Error && 'code' in error && error.code === 'PEER_IN_BACKOFF',
  )
  const settings = await relay.control.getConfig()
  await relay.control.applySettings({ ...settings, heartbeat_interval_ms: 100 })
  const beats = relay.pulses.length + 1
  await until('some heartbeats', () => relay.pulses.length >= beats)
  assert.equal((await meshOf(relay, topic)).includes(member.peerId), false)
  const lines = linesOf(all, member.peerId)
  assert.equal(lines.at(-1), 'MESH: We are sending PRUNE to peer (reason: manual)')
  const pruned = relay.log.find((line) => line['msg'] === lines.at(-1))
  assert.deepEqual([pruned?.['topic'], pruned?.['backoff_secs']], [topic, 60])
})

test('a GRAFT by hand that the peer refuses: answered as grafted, and the log shows its PRUNE and our obeying', async () => {
  await using all = await scene()
  const { relay, topic, outsider } = all
  await relay.control.prune(topic, outsider.peerId)
  await until('the PRUNE', () => !outsider.hasInMesh(relay.peerId, topic))
  // The peer still backs off from us when we no longer do from it.
  await using fresh = await GossipPeer.start({ status: () => freshStatus(topic.split('/')[2] ?? ''), grafts: false })
  fresh.router.backoff.set(topic, new Map([[relay.peerId, Date.now() + 30_000]]))
  fresh.subscribe(topic)
  await fresh.dial(relay.addresses[0] ?? '')
  await until('the GRAFT', async () => {
    try {
      return (await relay.control.graft(topic, fresh.peerId)).action === 'grafted'
    } catch {
      return false
    }
  })
  await until('its answer', () => linesOf(all, fresh.peerId).length >= 3)
  assert.deepEqual(linesOf(all, fresh.peerId).slice(0, 3), [
    'MESH: We are sending GRAFT to peer (reason: manual)',
    'MESH: Received PRUNE from peer (peer removed us from their mesh)',
    "MESH: We removed peer from our mesh (responding to peer's PRUNE)",
  ])
  assert.equal((await meshOf(relay, topic)).includes(fresh.peerId), false)
  const actions = relay.meshEvents.filter(({ peerId }) => peerId === fresh.peerId).map(({ action }) => action)
  assert.deepEqual(actions, ['graft_sent', 'prune_received', 'prune_obeyed'])
})

test('who is not connected, or does not take the topic, is refused as such', async () => {
  await using all = await scene()
  const { relay, topic, outsider } = all
  const stranger = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'
  await assert.rejects(async () => relay.control.graft(topic, stranger), { code: 'PEER_NOT_CONNECTED' })
  await using silent = await GossipPeer.start({ status: () => freshStatus(topic.split('/')[2] ?? '') })
  await silent.dial(relay.addresses[0] ?? '')
  const refused = async (): Promise<unknown> =>
    Promise.resolve()
      .then(() => relay.control.graft(topic, silent.peerId))
      .catch((error: { code?: unknown }) => error.code)
  await until('its stream', async () => (await refused()) !== 'PEER_NOT_CONNECTED')
  assert.equal(await refused(), 'PEER_NOT_SUBSCRIBED')
  await assert.rejects(async () => relay.control.prune('/eth2/00000000/beacon_block/ssz_snappy', outsider.peerId), {
    code: 'TOPIC_NOT_SUBSCRIBED',
  })
})
