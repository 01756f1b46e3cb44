import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScoreState } from '../../../../../src/network-worker/peers/score/score-formula.ts'
import { FREEZE_MS, ScoredPeers } from './scored-peers.ts'

interface Row {
  readonly name: string
  /** Brings the peer, connected and at -5, to where the transition starts. */
  readonly before?: (peers: ScoredPeers) => void
  readonly step: (peers: ScoredPeers) => void
  readonly state: ScoreState
  readonly effects: readonly string[]
}

const SENT_OFF = (peers: ScoredPeers): void => peers.report('p', 'mid', 3)
const BANNED = (peers: ScoredPeers): void => peers.report('p', 'fatal')

/** Each row is run with the peer connected, then with the peer gone before the step, which changes only what is said. */
const ROWS: readonly (Row & { readonly effectsWhenGone?: readonly string[] })[] = [
  { name: 'healthy to healthy', step: (peers) => peers.report('p', 'high'), state: 'healthy', effects: [] },
  {
    name: 'healthy to forced_disconnect',
    step: SENT_OFF,
    state: 'forced_disconnect',
    effects: ['disconnect p'],
    effectsWhenGone: [],
  },
  { name: 'healthy to banned', step: BANNED, state: 'banned', effects: ['ban p'] },
  {
    name: 'forced_disconnect to forced_disconnect',
    before: SENT_OFF,
    step: (peers) => peers.report('p', 'low', 2),
    state: 'forced_disconnect',
    effects: [],
  },
  { name: 'forced_disconnect to banned', before: SENT_OFF, step: BANNED, state: 'banned', effects: ['ban p'] },
  {
    name: 'forced_disconnect to healthy',
    before: SENT_OFF,
    step: (peers) => peers.after(600_000),
    state: 'healthy',
    effects: [],
  },
  { name: 'banned to banned', before: BANNED, step: BANNED, state: 'banned', effects: [] },
  {
    name: 'banned to forced_disconnect',
    before: BANNED,
    step: (peers) => peers.after(FREEZE_MS + 700_000),
    state: 'forced_disconnect',
    effects: ['unban p'],
  },
  {
    name: 'banned to healthy',
    before: BANNED,
    step: (peers) => peers.after(FREEZE_MS + 1_800_000),
    state: 'healthy',
    effects: ['unban p'],
  },
]

for (const { name, before, step, state, effects, effectsWhenGone } of ROWS) {
  for (const connected of [true, false]) {
    test(`${name}, ${connected ? 'connected' : 'gone'}`, () => {
      const peers = new ScoredPeers()
      peers.book.connected('p', '203.0.113.5')
      peers.report('p', 'mid')
      before?.(peers)
      if (!connected) peers.book.disconnected('p')
      peers.effects()
      step(peers)
      assert.equal(peers.book.state('p'), state)
      assert.equal(peers.book.isBanned('p'), state === 'banned')
      assert.equal(peers.book.mayDial('p'), state === 'healthy')
      assert.deepEqual(peers.effects(), connected ? effects : (effectsWhenGone ?? effects))
      peers.book.tick()
      assert.deepEqual(peers.effects(), [], 'a tick at the same instant acts no more')
    })
  }
}

test('two low reports disconnect, five ban; twelve mid ban at -60', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.report('p', 'low')
  assert.equal(peers.book.state('p'), 'healthy')
  peers.report('p', 'low')
  assert.equal(peers.book.peerScore('p'), -20)
  assert.equal(peers.book.state('p'), 'forced_disconnect')
  peers.report('p', 'low', 3)
  assert.equal(peers.book.peerScore('p'), -50)
  assert.equal(peers.book.state('p'), 'banned')
  assert.deepEqual(peers.effects(), ['disconnect p', 'ban p'])
  peers.book.connected('q', undefined)
  peers.report('q', 'mid', 12)
  assert.equal(peers.book.peerScore('q'), -60)
  assert.equal(peers.book.state('q'), 'banned')
})

test('a peer that comes back at -25 stays until it heals and falls again', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.report('p', 'mid', 5)
  peers.book.disconnected('p')
  assert.deepEqual(peers.effects(), ['disconnect p'])
  assert.equal(peers.book.mayDial('p'), false)
  peers.book.connected('p', undefined)
  peers.report('p', 'mid')
  peers.after(2000)
  assert.deepEqual(peers.effects(), [])
  peers.after(600_000)
  assert.equal(peers.book.state('p'), 'healthy')
  peers.report('p', 'low')
  assert.deepEqual(peers.effects(), ['disconnect p'])
})

test('a gossip score disconnects and bans at a tick', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', -16_000)
  peers.after(2000)
  assert.equal(peers.book.state('p'), 'healthy', 'at -19')
  peers.report('p', 'high')
  assert.deepEqual(peers.effects(), ['disconnect p'], 'at exactly -20')
  peers.gossip.set('p', -43_000)
  peers.after(2000)
  assert.deepEqual(peers.effects(), ['ban p'])
})

test('a report counts the gossip score of that moment, not of the last tick', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', -16_000)
  peers.report('p', 'high')
  assert.equal(peers.book.state('p'), 'forced_disconnect')
})

test('a good gossip score does not save a peer at -60', () => {
  const peers = new ScoredPeers()
  peers.book.connected('p', undefined)
  peers.gossip.set('p', 50)
  peers.report('p', 'mid', 10)
  assert.equal(peers.book.state('p'), 'forced_disconnect')
  peers.report('p', 'mid', 2)
  assert.equal(peers.book.state('p'), 'banned')
})

test('an effect may change the book', () => {
  const peers = new ScoredPeers()
  const push = peers.log.push.bind(peers.log)
  peers.log.push = (line) => {
    peers.book.disconnected('p')
    if (line === 'ban p') peers.book.reset('q')
    return push(line)
  }
  for (const peerId of ['p', 'q']) {
    peers.book.connected(peerId, undefined)
    peers.gossip.set(peerId, -43_000)
  }
  peers.after(2000)
  assert.deepEqual(peers.book.banned(), ['p'])
  assert.equal(peers.book.state('q'), 'healthy', 'reset during the tick, looked at by the next')
})
