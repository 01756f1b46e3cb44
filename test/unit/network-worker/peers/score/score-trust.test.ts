import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FREEZE_MS, ScoredPeers } from './scored-peers.ts'

test('a trusted peer has no score and is never sent off', () => {
  const peers = new ScoredPeers()
  peers.trusted.add('p')
  peers.book.connected('p', '203.0.113.5')
  peers.gossip.set('p', -50_000)
  peers.report('p', 'fatal')
  peers.after(2000)
  peers.book.disconnected('p')
  assert.equal(peers.book.peerScore('p'), 0)
  assert.equal(peers.book.gossipScore('p'), 0)
  assert.equal(peers.book.state('p'), 'healthy')
  assert.deepEqual(peers.effects(), [])
  assert.equal(peers.book.counts.reports.size, 0)
})

test('who becomes trusted starts again at 0, and so does who is no more', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.report('p', 'mid', 5)
  peers.trusted.add('p')
  peers.book.reset('p')
  peers.trusted.delete('p')
  peers.book.reset('p')
  assert.equal(peers.book.peerScore('p'), 0)
  assert.equal(peers.book.state('p'), 'healthy')
  peers.report('p', 'low', 2)
  assert.deepEqual(peers.effects(), ['disconnect p', 'disconnect p'])
})

test('trust lifts a ban by score, and no freeze outlives it', () => {
  const peers = new ScoredPeers()
  peers.banned('p')
  peers.effects()
  peers.trusted.add('p')
  peers.book.reset('p')
  assert.deepEqual(peers.effects(), ['unban p'])
  assert.deepEqual(peers.book.banned(), [])
  peers.trusted.delete('p')
  peers.book.reset('p')
  peers.book.connected('p', undefined)
  peers.report('p', 'low')
  peers.after(600_000)
  assert.equal(peers.book.peerScore('p'), -5)
  peers.after(FREEZE_MS)
  assert.deepEqual(peers.effects(), [])
})

test('a reset peer keeps the addresses of its connection', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', '203.0.113.5')
  peers.book.reset('p')
  peers.report('p', 'fatal')
  assert.deepEqual(peers.bans[0]?.ips, ['203.0.113.5'])
})
