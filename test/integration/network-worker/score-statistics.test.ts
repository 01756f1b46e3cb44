/** The statistics of peers' scores as they change, over real connections. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { DownscoreReason } from '../../../src/rpc/peer-views.ts'
import { stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { comes, DIGEST, reasonsOf, scene, statOf } from './reported-peer.ts'

const GARBAGE = new Uint8Array(400).fill(0xff)
const BLOCK_TOPIC = formatTopic(DIGEST, 'beacon_block')

test('until a report there is none: no reasons, and nulls', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  assert.equal('downscore_reasons' in (await relay.control.getNodePeer(peer.peerId)), false)
  const { gossip_score, score, ...stat } = await statOf(relay, peer.peerId)
  assert.ok(score === (gossip_score * 19) / 16_000)
  assert.deepEqual(stat, {
    peer_id: peer.peerId,
    lodestar_score: 0,
    ignore_negative_gossip_score: false,
    last_update: 0,
    last_action_name: null,
    last_action_delta_score: null,
    last_action_unix_ms: null,
  })
})

test('several reasons: newest first, each once; with the next session they are gone, the last action is not', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  const after = async (offend: () => Promise<unknown>, expected: readonly DownscoreReason[]): Promise<void> => {
    const before = await statOf(relay, peer.peerId)
    await offend()
    await until('a further report', async () => {
      const { lodestar_score } = await statOf(relay, peer.peerId)
      return lodestar_score < before.lodestar_score - 1
    })
    assert.deepEqual(await reasonsOf(relay, peer.peerId), expected)
  }
  for (let count = 0; count < 2; count++) await peer.reqResp.ping(relay.peerId)
  const flood = (): Promise<unknown> => assert.rejects(peer.reqResp.ping(relay.peerId))
  await after(flood, ['rpc_rate_limited'])
  const publish = (): Promise<void> => peer.publish(BLOCK_TOPIC, GARBAGE)
  await after(publish, ['gossip_invalid_block', 'rpc_rate_limited'])
  await after(flood, ['rpc_rate_limited', 'gossip_invalid_block'])
  await peer.reqResp.goodbye(relay.peerId, 1)
  await until('the end', async () => (await stateOf(relay, peer.peerId)) === undefined)
  assert.deepEqual(await reasonsOf(relay, peer.peerId), ['rpc_rate_limited', 'gossip_invalid_block'])
  await until('the end of the connection', () => !peer.isConnectedTo(relay.peerId))
  await comes(all)
  assert.deepEqual(await reasonsOf(relay, peer.peerId), [])
  const { last_action_name, lodestar_score } = await statOf(relay, peer.peerId)
  assert.equal(last_action_name, 'inbound_rate_limited')
  assert.ok(lodestar_score < -14)
})

test('a trusted peer has zeros and nulls, whatever it does', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  await relay.control.changeAccess({ trust: [{ peerId: peer.peerId, enr: null, addresses: [peer.address] }] })
  for (let count = 0; count < 2; count++) await peer.reqResp.ping(relay.peerId)
  await assert.rejects(peer.reqResp.ping(relay.peerId))
  assert.deepEqual(await statOf(relay, peer.peerId), {
    peer_id: peer.peerId,
    lodestar_score: 0,
    gossip_score: 0,
    ignore_negative_gossip_score: false,
    score: 0,
    last_update: 0,
    last_action_name: null,
    last_action_delta_score: null,
    last_action_unix_ms: null,
  })
  const { score, downscore_reasons } = await relay.control.getNodePeer(peer.peerId)
  assert.deepEqual([score, downscore_reasons], [0, undefined])
})

test("gossip counters of a peer: plain data, in Lodestar's names", async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  peer.subscribe(BLOCK_TOPIC)
  await peer.meshedWith(relay.peerId, BLOCK_TOPIC)
  await peer.publish(BLOCK_TOPIC, GARBAGE)
  const counters = async (): Promise<Readonly<Record<string, number | boolean>> | undefined> => {
    const stats = await relay.control.listGossipScoreStats()
    assert.deepEqual(
      stats.map(({ peer_id }) => peer_id),
      [peer.peerId],
    )
    assert.deepEqual(structuredClone(stats), stats)
    const [{ connected, expire, known_ips, behaviour_penalty } = assert.fail('no statistics')] = stats
    assert.deepEqual([connected, expire, known_ips, behaviour_penalty], [true, 0, ['127.0.0.1'], 0])
    return stats[0]?.topics[BLOCK_TOPIC]
  }
  await until('the invalid message', async () => Number((await counters())?.['invalid_message_deliveries']) > 0)
  assert.deepEqual(Object.keys((await counters()) ?? {}), [
    'in_mesh',
    'time_in_mesh',
    'first_message_deliveries',
    'mesh_message_deliveries',
    'mesh_message_deliveries_active',
    'mesh_failure_penalty',
    'invalid_message_deliveries',
  ])
})
