import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScoreBan } from '../../../../../src/rpc/access.ts'
import { MAX_SCORE_BANS } from '../../../../../src/shared/limits.ts'
import { FREEZE_MS, ScoredPeers, START_MS } from './scored-peers.ts'

/** A ban by one fatal report that began `agoMs` before the start. */
function oldBan(peerId: string, agoMs: number, over: Partial<ScoreBan> = {}): ScoreBan {
  const bannedAtMs = START_MS - agoMs
  const frozenUntilMs = bannedAtMs + FREEZE_MS
  return { peerId, peerScore: -100, gossipScore: 0, bannedAtMs, frozenUntilMs, ips: ['203.0.113.5'], ...over }
}

test('a ban goes on as if there had been no restart', () => {
  const before = new ScoredPeers()
  before.book.connected('p', '203.0.113.5')
  before.gossip.set('p', -16_000)
  before.report('p', 'fatal')
  before.after(1_000_000)

  const after = new ScoredPeers()
  after.clock.advance(1_000_000)
  after.book.restore(before.bans)
  assert.equal(after.book.isBanned('p'), true)
  assert.equal(after.book.gossipScore('p'), -16_000)
  assert.deepEqual(after.effects(), [], 'nobody has to be told what is known')
  for (const ms of [FREEZE_MS - 1_000_000, 600_000, 413_000]) {
    after.after(ms)
    assert.equal(after.book.isBanned('p'), true)
  }
  after.after(1000)
  assert.deepEqual(after.effects(), ['unban p'])
})

test('a ban that healed meanwhile is lifted; what is left of the score is kept', () => {
  const peers = new ScoredPeers()
  peers.book.restore([oldBan('healthy', FREEZE_MS + 1_800_000), oldBan('weak', FREEZE_MS + 1_200_000)])
  assert.deepEqual(peers.effects().toSorted(), ['unban healthy', 'unban weak'])
  assert.deepEqual(peers.book.banned(), [])
  assert.equal(peers.book.mayDial('healthy'), true)
  assert.equal(peers.book.peerScore('weak'), -25)
  assert.equal(peers.book.mayDial('weak'), false)
})

test('restored bans are listed oldest first and count for their addresses', () => {
  const peers = new ScoredPeers()
  peers.book.restore([1, 6, 3, 5, 2, 4].map((index) => oldBan(`peer${index}`, index * 1000)))
  assert.deepEqual(peers.book.banned(), ['peer6', 'peer5', 'peer4', 'peer3', 'peer2', 'peer1'])
  assert.equal(peers.book.isBannedIp('203.0.113.5'), true)
})

test('a ban of a peer that is trusted now is lifted', () => {
  const peers = new ScoredPeers()
  peers.trusted.add('p')
  peers.book.restore([oldBan('p', 1000)])
  assert.deepEqual(peers.effects(), ['unban p'])
  assert.deepEqual(peers.book.banned(), [])
})

test('a wall clock that was set back does not make a ban longer', () => {
  const peers = new ScoredPeers()
  peers.book.restore([oldBan('p', -365 * 86_400_000)])
  peers.after(FREEZE_MS + 600_000)
  assert.equal(peers.book.isBanned('p'), true)
  peers.after(1)
  assert.equal(peers.book.isBanned('p'), false)
})

test('more bans than are kept: the oldest are lifted', () => {
  const peers = new ScoredPeers()
  peers.book.restore(Array.from({ length: MAX_SCORE_BANS + 2 }, (_, index) => oldBan(`peer${index}`, index)))
  assert.deepEqual(peers.effects(), [`unban peer${MAX_SCORE_BANS + 1}`, `unban peer${MAX_SCORE_BANS}`])
  assert.equal(peers.book.banned().length, MAX_SCORE_BANS)
})

test('a stored score outside its bounds is taken as the nearest within', () => {
  const peers = new ScoredPeers()
  peers.book.restore([oldBan('p', 0, { peerScore: -1e9 })])
  assert.equal(peers.book.peerScore('p'), -100)
})
