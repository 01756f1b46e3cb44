/** What is kept of reports beside the score: the last one of a peer, and the reasons of its session. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReportReason } from '../../../../../src/network-worker/peers/score/report-sites.ts'
import type { ScoreStanding } from '../../../../../src/network-worker/peers/score/score-book.ts'
import { SCORE_HALF_LIFE_MS } from '../../../../../src/network-worker/peers/score/score-formula.ts'
import { FREEZE_MS, ScoredPeers, START_MS } from './scored-peers.ts'

function standingOf({ book }: ScoredPeers, peerId: string): ScoreStanding {
  return book.standings().find((standing) => standing.peerId === peerId) ?? assert.fail(`no standing of ${peerId}`)
}

function scene(): ScoredPeers {
  const peers = new ScoredPeers()
  peers.book.connected('peer', '192.0.2.1')
  return peers
}

test('without a report there is no last one, whatever time and gossip do to the score', () => {
  const peers = scene()
  peers.gossip.set('peer', -1600)
  peers.after(SCORE_HALF_LIFE_MS)
  const standing = { peerId: 'peer', peerScore: 0, gossipScore: -1600, changedAtMs: 0, lastReport: undefined }
  assert.deepEqual(standingOf(peers, 'peer'), standing)
  assert.deepEqual(peers.book.reportReasons('peer'), [])
})

test('the last report: its reason, what it took after the clamp, and when; decay does not touch it', () => {
  const peers = scene()
  const lastOf = (): unknown => standingOf(peers, 'peer').lastReport
  peers.clock.advance(1500)
  peers.book.report('peer', 'low', 'inbound_timeout')
  assert.deepEqual(lastOf(), { reason: 'inbound_timeout', delta: -10, atMs: START_MS + 1500 })
  peers.after(SCORE_HALF_LIFE_MS)
  assert.deepEqual(lastOf(), { reason: 'inbound_timeout', delta: -10, atMs: START_MS + 1500 })
  assert.equal(standingOf(peers, 'peer').peerScore, -5)
  const atMs = START_MS + 1500 + SCORE_HALF_LIFE_MS
  peers.book.report('peer', 'fatal', 'inbound_bad_frame')
  assert.deepEqual(lastOf(), { reason: 'inbound_bad_frame', delta: -95, atMs })
  peers.book.report('peer', 'mid', 'gossip_invalid_block')
  assert.deepEqual(lastOf(), { reason: 'gossip_invalid_block', delta: 0, atMs }, 'at the minimum nothing is taken')
  assert.equal(standingOf(peers, 'peer').changedAtMs, atMs)
})

test('reasons of a session are distinct, the newest first; one action is one reason', () => {
  const peers = scene()
  const reasons: readonly ReportReason[] = ['request_timeout', 'slow_peer', 'slow_peer', 'request_timeout']
  for (const reason of reasons) peers.book.report('peer', 'high', reason)
  assert.deepEqual(peers.book.reportReasons('peer'), ['request_timeout', 'slow_peer'])
})

test('a session ends at the next arrival: its reasons go, the last report stays', () => {
  const peers = scene()
  peers.report('peer', 'low')
  const { lastReport } = standingOf(peers, 'peer')
  peers.book.connected('peer', '192.0.2.2')
  assert.deepEqual(peers.book.reportReasons('peer'), ['request_timeout'], 'a further connection is no new session')
  peers.book.disconnected('peer')
  assert.deepEqual(peers.book.reportReasons('peer'), ['request_timeout'], 'those of the last session, until another')
  assert.deepEqual(standingOf(peers, 'peer').lastReport, lastReport, 'a remembered peer')
  peers.book.connected('peer', '192.0.2.1')
  assert.deepEqual(peers.book.reportReasons('peer'), [])
  assert.deepEqual(standingOf(peers, 'peer').lastReport, lastReport)
})

test('a ban of an earlier run has a score from its own time, and no report', () => {
  const peers = new ScoredPeers()
  const bannedAtMs = START_MS - 60_000
  const frozenUntilMs = bannedAtMs + FREEZE_MS
  peers.book.restore([{ peerId: 'peer', peerScore: -100, gossipScore: -16_000, bannedAtMs, frozenUntilMs, ips: [] }])
  const scores = { peerScore: -100, gossipScore: -16_000 }
  assert.deepEqual(standingOf(peers, 'peer'), {
    peerId: 'peer',
    ...scores,
    changedAtMs: bannedAtMs,
    lastReport: undefined,
  })
  assert.equal(peers.book.combinedScore('peer'), -119)
})

test('trust: all is nothing, and reports leave no trace of themselves when it ends', () => {
  const peers = scene()
  peers.gossip.set('peer', -500)
  peers.report('peer', 'low')
  peers.trusted.add('peer')
  const nothing = { peerId: 'peer', peerScore: 0, gossipScore: 0, changedAtMs: 0, lastReport: undefined }
  assert.deepEqual(standingOf(peers, 'peer'), nothing)
  assert.deepEqual([peers.book.combinedScore('peer'), peers.book.reportReasons('peer')], [0, []])
  peers.book.reset('peer')
  peers.report('peer', 'fatal')
  peers.trusted.delete('peer')
  peers.gossip.delete('peer')
  assert.deepEqual(standingOf(peers, 'peer'), nothing)
  assert.deepEqual(peers.book.reportReasons('peer'), [])
})

test('asking for strangers creates nothing', () => {
  const peers = scene()
  assert.equal(peers.book.combinedScore('stranger'), undefined)
  assert.deepEqual(peers.book.reportReasons('stranger'), [])
  assert.deepEqual(
    peers.book.standings().map(({ peerId }) => peerId),
    ['peer'],
  )
})

test('the combined score is the sum that decides', () => {
  const peers = scene()
  peers.gossip.set('peer', -1600)
  peers.report('peer', 'mid')
  assert.equal(peers.book.combinedScore('peer'), -5 + (-1600 * 19) / 16_000)
})
