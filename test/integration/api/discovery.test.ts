import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeInfoView } from '../../../src/rpc/node-views.ts'
import { startHarness } from './api-harness.ts'
import { NODE_INFO, RelayDouble } from './relay-double.ts'
import { DISCOVERED_PEERS, DISCOVERY_STATS } from './standard-double.ts'

test('GET /discovery/stats has the members of the document, in its order', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/discovery/stats')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify(DISCOVERY_STATS))
  assert.deepEqual(Object.keys(DISCOVERY_STATS), [
    'unique_peers_discovered',
    'routing_table_size',
    'cached_enrs',
    'total_discovery_queries',
    'dht_scan_prefix',
    'kademlia_alpha',
    'kademlia_k',
    'target_peers_per_query',
  ])
})

test('GET /discovery/peers is a bare array of peer ids', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  const reply = await call('GET', '/discovery/peers')
  assert.equal(reply.status, 200)
  assert.equal(reply.text, JSON.stringify(DISCOVERED_PEERS))
})

for (const path of ['/discovery/stats', '/discovery/peers']) {
  test(`${path} takes no other method`, async (t) => {
    const { call } = await startHarness(t, new RelayDouble().handlers)
    const reply = await call('DELETE', path)
    assert.deepEqual([reply.status, reply.headers.allow], [405, 'GET, HEAD, OPTIONS'])
  })
}

test('GET /node/info shows an alert about the schedule last, and only while there is one', async (t) => {
  const info: NodeInfoView = {
    ...NODE_INFO,
    schedule_alert: {
      unknown_forks: [{ kind: 'next', digest: '01020304', epoch: 500_000, nodes: 31 }],
      nodes_seen: 90,
      since_unix_ms: 1_763_715_000_000,
    },
  }
  const relay = new RelayDouble()
  const { call } = await startHarness(t, { ...relay.handlers, getNodeInfo: () => info })
  assert.equal((await call('GET', '/node/info')).text, JSON.stringify(info))
})
