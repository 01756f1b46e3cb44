import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PeerRecord } from '../../../../src/network-worker/peers/peer-record.ts'
import { MAX_REMEMBERED_PEERS, PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'

function enter(registry: PeerRegistry, peerId: string): PeerRecord {
  return registry.enter(peerId, `/ip4/10.0.0.1/tcp/${peerId.length}`, 'inbound')
}

function connect(registry: PeerRegistry, peerId: string): PeerRecord {
  const record = enter(registry, peerId)
  record.state = 'connected'
  record.connections = 1
  return record
}

test('live peers are those connecting, connected and disconnecting', () => {
  const registry = new PeerRegistry()
  enter(registry, 'connecting')
  connect(registry, 'connected')
  connect(registry, 'disconnecting').state = 'disconnecting'
  registry.leave(connect(registry, 'gone'))
  const ids = (records: readonly PeerRecord[]): string[] => records.map(({ peerId }) => peerId)
  assert.deepEqual(ids(registry.live()), ['connecting', 'connected', 'disconnecting'])
  assert.deepEqual(ids(registry.connected()), ['connected'])
  assert.equal(registry.connectedCount, 1)
})

test('a peer that left is remembered, and taken up again with what was known of it', () => {
  const registry = new PeerRegistry()
  const record = connect(registry, 'peer')
  record.client = 'Lighthouse/v8'
  registry.leave(record)
  assert.equal(registry.get('peer')?.state, 'disconnected')
  assert.equal(registry.get('peer')?.connections, 0)
  assert.equal(enter(registry, 'peer').client, 'Lighthouse/v8')
})

test('of those who left 500 are remembered, the longest gone is forgotten first', () => {
  const registry = new PeerRegistry()
  const peers = Array.from({ length: MAX_REMEMBERED_PEERS + 3 }, (_, index) => connect(registry, `peer ${index}`))
  // Gone in reverse order of arrival: it is departure that counts.
  for (const record of peers.toReversed()) registry.leave(record)
  assert.equal(MAX_REMEMBERED_PEERS, 500)
  assert.equal(registry.forgotten, 3)
  for (const index of [500, 501, 502]) assert.equal(registry.get(`peer ${index}`), undefined)
  assert.ok(registry.get('peer 499') !== undefined && registry.get('peer 0') !== undefined)
})

test('live peers are never forgotten, however many have left', () => {
  const registry = new PeerRegistry()
  connect(registry, 'old friend')
  for (let peer = 0; peer < 2 * MAX_REMEMBERED_PEERS; peer++) registry.leave(connect(registry, `peer ${peer}`))
  assert.equal(registry.get('old friend')?.state, 'connected')
  assert.deepEqual([registry.live().length, registry.forgotten], [1, MAX_REMEMBERED_PEERS])
})

test('a peer that comes back and leaves again is the most recent', () => {
  const registry = new PeerRegistry()
  for (let peer = 0; peer < MAX_REMEMBERED_PEERS; peer++) registry.leave(connect(registry, `peer ${peer}`))
  registry.leave(connect(registry, 'peer 0'))
  registry.leave(connect(registry, 'one more'))
  assert.ok(registry.get('peer 0') !== undefined)
  assert.equal(registry.get('peer 1'), undefined)
})

test('whatever comes and goes, what is remembered stays within the bound', () => {
  const step = fc.record({ peer: fc.nat({ max: 900 }), leaves: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1000, maxLength: 3000 }), (steps) => {
      const registry = new PeerRegistry()
      const connected = new Set<number>()
      for (const { peer, leaves } of steps) {
        const record = connect(registry, `peer ${peer}`)
        connected.add(peer)
        if (!leaves) continue
        registry.leave(record)
        connected.delete(peer)
      }
      assert.equal(registry.connectedCount, connected.size)
      const remembered = Array.from({ length: 901 }, (_, peer) => registry.get(`peer ${peer}`)).filter(
        (record) => record?.state === 'disconnected',
      )
      assert.ok(remembered.length <= MAX_REMEMBERED_PEERS)
    }),
    { numRuns: 8 },
  )
})
