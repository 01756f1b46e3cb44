import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GOSSIP_MEMORY_MS } from '../../../../../src/network-worker/peers/score/score-entry.ts'
import type { PeerAction } from '../../../../../src/network-worker/peers/score/score-formula.ts'
import { FREEZE_MS, ScoredPeers, START_MS } from './scored-peers.ts'

interface Row {
  readonly name: string
  readonly action: PeerAction
  readonly times: number
  readonly gossip: number
  /** Seconds after the freeze at which the peer is exactly at a threshold, from the table in reference/scoring.md §1.3. */
  readonly unbanSeconds: number
  readonly dialableSeconds: number
}

const ROWS: readonly Row[] = [
  { name: 'five low', action: 'low', times: 5, gossip: 0, unbanSeconds: 0, dialableSeconds: 793 },
  { name: 'at -60', action: 'mid', times: 12, gossip: 0, unbanSeconds: 158, dialableSeconds: 951 },
  { name: 'fatal', action: 'fatal', times: 1, gossip: 0, unbanSeconds: 600, dialableSeconds: 1393 },
  { name: 'fatal, graylisted', action: 'fatal', times: 1, gossip: -16_000, unbanSeconds: 1014, dialableSeconds: 3986 },
]

/** Runs tick after tick until `reached`; ms from `fromMs` on the monotonic clock. */
function ticksUntil(peers: ScoredPeers, fromMs: number, reached: () => boolean): number {
  while (!reached()) peers.after(1000)
  return peers.clock.monotonicMs() - fromMs
}

for (const { name, action, times, gossip, unbanSeconds, dialableSeconds } of ROWS) {
  test(`${name}: unbanned ${unbanSeconds} s after the freeze, dialable after ${dialableSeconds} s`, () => {
    const peers = new ScoredPeers()
    peers.book.connected('p', undefined)
    peers.gossip.set('p', gossip)
    // Twelve mid pass -50 on the way: the ban begins there and is not begun anew.
    peers.report('p', action, times)
    peers.book.disconnected('p')
    const freezeEndMs = peers.clock.monotonicMs() + FREEZE_MS
    peers.after(FREEZE_MS)
    assert.equal(peers.book.isBanned('p'), true, 'nothing heals during the freeze')
    const unbannedMs = ticksUntil(peers, freezeEndMs, () => !peers.book.isBanned('p'))
    assert.ok(Math.abs(unbannedMs - unbanSeconds * 1000) <= 1000, `${unbannedMs} ms`)
    assert.equal(peers.book.mayDial('p'), false)
    const dialableMs = ticksUntil(peers, freezeEndMs, () => peers.book.mayDial('p'))
    assert.ok(Math.abs(dialableMs - dialableSeconds * 1000) <= 1000, `${dialableMs} ms`)
  })
}

test('a fatal ban is at exactly -50 a half-life after the freeze, still banned, and lifted at the first tick after', () => {
  const peers = new ScoredPeers()
  peers.banned('p')
  peers.after(FREEZE_MS)
  assert.equal(peers.book.peerScore('p'), -100)
  peers.after(600_000)
  assert.equal(peers.book.peerScore('p'), -50)
  assert.equal(peers.book.isBanned('p'), true)
  peers.clock.advance(1)
  assert.equal(peers.book.isBanned('p'), true, 'not before a tick')
  peers.book.tick()
  assert.equal(peers.book.isBanned('p'), false)
  assert.deepEqual(peers.effects(), ['ban p', 'unban p'])
})

test('however many ticks and looks, a score is what time alone makes it', () => {
  const seldom = new ScoredPeers()
  const often = new ScoredPeers()
  for (const peers of [seldom, often]) {
    peers.book.connected('p', undefined)
    peers.report('p', 'low')
  }
  for (let ms = 0; ms < 600_000; ms += 75) often.after(75)
  seldom.after(600_000)
  assert.equal(often.book.peerScore('p'), -5)
  assert.equal(seldom.book.peerScore('p'), -5)
})

test('a ban is told whole', () => {
  const peers = new ScoredPeers()
  peers.clock.advance(5000)
  peers.book.connected('p', '203.0.113.5')
  peers.book.connected('p', '198.51.100.7')
  peers.gossip.set('p', -320)
  peers.report('p', 'low', 5)
  assert.deepEqual(peers.bans, [
    {
      peerId: 'p',
      peerScore: -50,
      gossipScore: -320,
      bannedAtMs: START_MS + 5000,
      frozenUntilMs: START_MS + 5000 + FREEZE_MS,
      ips: ['203.0.113.5', '198.51.100.7'],
    },
  ])
})

test('a ban by gossip score freezes what is left of the peer score then', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.report('p', 'low')
  peers.gossip.set('p', -43_000)
  peers.after(600_000)
  assert.equal(peers.bans[0]?.peerScore, -5)
  peers.after(FREEZE_MS)
  assert.equal(peers.book.peerScore('p'), -5)
})

test('penalties count during a freeze and do not make it longer', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.report('p', 'low', 5)
  peers.after(FREEZE_MS / 2)
  peers.report('p', 'low')
  assert.equal(peers.book.peerScore('p'), -60)
  peers.report('p', 'fatal')
  peers.after(FREEZE_MS / 2)
  assert.equal(peers.book.peerScore('p'), -100)
  peers.after(600_000)
  assert.equal(peers.book.peerScore('p'), -50)
  assert.equal(peers.bans.length, 1)
})

test('the gossip score of a banned peer is not looked at during the freeze, even while it is connected', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', -43_000)
  peers.after(2000)
  peers.gossip.set('p', 0)
  peers.after(2000)
  assert.equal(peers.book.gossipScore('p'), -43_000)
  assert.equal(peers.book.isBanned('p'), true)
  peers.after(FREEZE_MS)
  assert.equal(peers.book.gossipScore('p'), 0)
  assert.equal(peers.book.isBanned('p'), false)
})

test('the gossip score of a peer that is gone stays at its last value', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', -4000)
  assert.equal(peers.book.gossipScore('p'), -4000, 'live before any tick')
  peers.after(2000)
  peers.book.disconnected('p')
  peers.gossip.set('p', 0)
  peers.after(2000)
  assert.equal(peers.book.gossipScore('p'), -4000)
  peers.book.connected('p', undefined)
  assert.equal(peers.book.gossipScore('p'), 0)
})

test('a ban by gossip score alone ends too: the score of a peer that is gone is not held for ever', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', -50_000)
  peers.after(2000)
  peers.book.disconnected('p')
  peers.after(FREEZE_MS + GOSSIP_MEMORY_MS - 1)
  assert.equal(peers.book.isBanned('p'), true)
  peers.after(1)
  assert.equal(peers.book.gossipScore('p'), 0)
  assert.equal(peers.book.mayDial('p'), true)
})

test('without a freeze a ban heals from the start', () => {
  const peers = new ScoredPeers(0)
  peers.banned('p')
  peers.after(600_001)
  assert.equal(peers.book.isBanned('p'), false)
})
