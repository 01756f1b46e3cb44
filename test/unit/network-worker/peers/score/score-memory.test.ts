import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_REMEMBERED_SCORES } from '../../../../../src/network-worker/peers/score/score-book.ts'
import { MAX_PEER_IPS } from '../../../../../src/network-worker/peers/score/score-entry.ts'
import { MAX_SCORE_BANS } from '../../../../../src/shared/limits.ts'
import { FREEZE_MS, ScoredPeers } from './scored-peers.ts'

test('a report of a peer that was never here changes nothing', () => {
  const peers = new ScoredPeers()
  peers.report('p', 'fatal')
  peers.book.disconnected('p')
  peers.book.reset('p')
  peers.book.tick()
  assert.deepEqual(peers.effects(), [])
  assert.equal(peers.book.peerScore('p'), 0)
  assert.equal(peers.book.gossipScore('p'), 0)
  assert.equal(peers.book.state('p'), 'healthy')
  assert.equal(peers.book.mayDial('p'), true)
  assert.equal(peers.book.counts.reports.size, 0)
})

test('reports are counted by reason', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.report('p', 'low', 3)
  peers.book.report('p', 'high', 'slow_peer')
  assert.deepEqual(Object.fromEntries(peers.book.counts.reports), { request_timeout: 3, slow_peer: 1 })
})

test('a peer that goes with nothing against it is not remembered', () => {
  const peers = new ScoredPeers()
  for (let index = 0; index <= MAX_REMEMBERED_SCORES; index++) {
    const peerId = `peer${index}`
    peers.book.connected(peerId, undefined)
    peers.gossip.set(peerId, 10)
    peers.book.tick()
    peers.book.disconnected(peerId)
    assert.equal(peers.book.gossipScore(peerId), 0)
  }
  assert.equal(peers.book.counts.forgotten, 0)
})

test('a peer that goes with a negative gossip score and nothing else is remembered', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', -20_000)
  peers.book.tick()
  peers.book.disconnected('p')
  assert.equal(peers.book.mayDial('p'), false)
})

test('the 501st remembered peer drops the longest gone', () => {
  const peers = new ScoredPeers()
  const leave = (peerId: string): void => {
    peers.book.connected(peerId, undefined)
    peers.report(peerId, 'high')
    peers.book.disconnected(peerId)
  }
  for (let index = 0; index < MAX_REMEMBERED_SCORES; index++) leave(`peer${index}`)
  // The first is back for a moment, so that the second is the longest gone.
  peers.book.connected('peer0', undefined)
  peers.book.disconnected('peer0')
  assert.equal(peers.book.counts.forgotten, 0)
  leave('last')
  assert.equal(peers.book.counts.forgotten, 1)
  assert.equal(peers.book.peerScore('peer1'), 0)
  for (const peerId of ['peer0', 'peer2', 'last']) assert.equal(peers.book.peerScore(peerId), -1, peerId)
})

test('connected and banned peers take no place among the remembered', () => {
  const peers = new ScoredPeers()
  for (let index = 0; index <= MAX_REMEMBERED_SCORES; index++) {
    peers.book.connected(`here${index}`, undefined)
    peers.report(`here${index}`, 'high')
    peers.banned(`banned${index}`)
  }
  assert.equal(peers.book.counts.forgotten, 0)
  assert.equal(peers.book.peerScore('here0'), -1)
  assert.equal(peers.book.isBanned('banned0'), true)
})

test('a peer that is banned after it left is banned however many leave after it', () => {
  const peers = new ScoredPeers()
  const leave = (peerId: string): void => {
    peers.book.connected(peerId, undefined)
    peers.report(peerId, 'high')
    peers.book.disconnected(peerId)
  }
  leave('p')
  peers.report('p', 'fatal')
  for (let index = 0; index <= MAX_REMEMBERED_SCORES; index++) leave(`peer${index}`)
  assert.equal(peers.book.counts.forgotten, 1)
  assert.equal(peers.book.isBanned('p'), true)
  assert.equal(peers.book.peerScore('p'), -100)
})

test('the 1001st ban drops the oldest, which is unbanned', () => {
  const peers = new ScoredPeers()
  for (let index = 0; index < MAX_SCORE_BANS; index++) peers.banned(`peer${index}`, '203.0.113.5')
  peers.effects()
  peers.banned('last')
  assert.deepEqual(peers.effects(), ['ban last', 'unban peer0'])
  assert.equal(peers.book.banned().length, MAX_SCORE_BANS)
  assert.equal(peers.book.banned()[0], 'peer1')
  assert.equal(peers.book.banned().at(-1), 'last')
  assert.equal(peers.book.peerScore('peer0'), 0)
  assert.equal(peers.book.counts.droppedBans, 1)
})

test('a dropped ban of a peer whose connection still closes leaves a peer without a past', () => {
  const peers = new ScoredPeers()
  peers.book.connected('first', undefined)
  peers.report('first', 'fatal')
  for (let index = 0; index < MAX_SCORE_BANS; index++) peers.banned(`peer${index}`)
  assert.equal(peers.book.state('first'), 'healthy')
  peers.report('first', 'low')
  assert.equal(peers.book.peerScore('first'), -10)
})

test('bans are listed oldest first, in the order in which they began', () => {
  const peers = new ScoredPeers()
  for (const peerId of ['a', 'b', 'c']) peers.book.connected(peerId, undefined)
  for (const peerId of ['c', 'a', 'b', 'c']) {
    peers.report(peerId, 'fatal')
    peers.after(1000)
  }
  assert.deepEqual(peers.book.banned(), ['c', 'a', 'b'])
})

test('six banned peers of one address close it to a seventh, and it opens when one is unbanned', () => {
  const peers = new ScoredPeers()
  const ip = '203.0.113.5'
  for (let index = 0; index < 5; index++) peers.banned(`peer${index}`, ip)
  peers.clock.advance(10_000)
  assert.equal(peers.book.isBannedIp(ip), false)
  peers.banned('sixth', ip)
  assert.equal(peers.book.isBannedIp(ip), true)
  assert.equal(peers.book.isBannedIp('203.0.113.6'), false)
  peers.book.reset('peer0')
  assert.equal(peers.book.isBannedIp(ip), false)
  peers.banned('seventh', ip)
  assert.equal(peers.book.isBannedIp(ip), true)
  peers.after(FREEZE_MS + 595_000)
  assert.deepEqual(peers.book.banned(), ['sixth', 'seventh'])
  assert.equal(peers.book.isBannedIp(ip), false)
})

test('every address ever seen of a banned peer counts, those it comes with later too', () => {
  const peers = new ScoredPeers()
  for (let index = 0; index < 6; index++) {
    peers.book.connected(`peer${index}`, '203.0.113.5')
    peers.book.connected(`peer${index}`, `198.51.100.${index}`)
    peers.report(`peer${index}`, 'fatal')
    peers.book.connected(`peer${index}`, '192.0.2.9')
  }
  assert.equal(peers.book.isBannedIp('203.0.113.5'), true)
  assert.equal(peers.book.isBannedIp('198.51.100.1'), false)
  assert.equal(peers.book.isBannedIp('192.0.2.9'), true)
})

test('exempt addresses are never closed', () => {
  const peers = new ScoredPeers()
  peers.exemptIps.add('127.0.0.1')
  for (let index = 0; index < 10; index++) peers.banned(`peer${index}`, '127.0.0.1')
  assert.equal(peers.book.isBannedIp('127.0.0.1'), false)
})

test('of a peer with many addresses the latest are kept', () => {
  const peers = new ScoredPeers()
  for (let index = 0; index <= MAX_PEER_IPS; index++) peers.book.connected('p', `198.51.100.${index}`)
  peers.book.connected('p', '198.51.100.1')
  peers.report('p', 'fatal')
  const ends = peers.bans[0]?.ips.map((ip) => ip.split('.').at(-1))
  assert.deepEqual(ends, ['2', '3', '4', '5', '6', '7', '8', '1'])
})
